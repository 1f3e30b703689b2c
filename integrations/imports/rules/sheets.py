"""Rows of an XLSX, one at a time: what its formulas came to, hidden rows and columns like any other."""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from integrations.imports.rules.model import Cell, FileError, RawRow, RowError, Said, Torn
from integrations.imports.rules.packages import refuse_package
from integrations.imports.rules.profile import Profile

MOST_COLUMNS = 200
BLANK_ROWS = 5_000
"""So many rows without anything are the end: spreadsheets keep a million of them where somebody set a format."""

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
BROKEN = (
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    ParseError,
    OSError,
)


class Sheet:
    """The chosen sheet of a workbook, and what there is to say about the rest."""

    def __init__(self, data: bytes, profile: Profile) -> None:
        refuse_package(data)
        try:
            book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        except BROKEN as error:
            raise _broken() from error
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        wanted = profile.table.sheet
        if not sheets or (wanted is not None and wanted not in sheets):
            named = ", ".join(sheets) or "–"
            raise FileError(
                "import.sheet_missing",
                vi=f"Tệp không có trang tính “{wanted or ''}”; có: {named}.",
                en=f"There is no sheet “{wanted or ''}”; there are: {named}.",
            )
        self.title = wanted or next(iter(sheets))
        self._sheet: Any = sheets[self.title]
        others = [title for title in sheets if title != self.title]
        self.warnings: tuple[Said, ...] = ()
        if others:
            self.warnings = (
                Said(
                    f"Chỉ đọc trang tính “{self.title}”; không đọc: {', '.join(others)}.",
                    f"Only the sheet “{self.title}” is read; left out: {', '.join(others)}.",
                ),
            )

    def rows(self) -> Iterator[RawRow | Torn]:
        """Give the rows that hold anything, by their numbers in the sheet."""
        blank = 0
        # What the file says of its own extent may be wrong.
        self._sheet.reset_dimensions()
        try:
            for number, values in enumerate(self._sheet.iter_rows(values_only=True), start=1):
                cells = tuple(_cell(value) for value in values[:MOST_COLUMNS])
                if all(cell is None for cell in cells):
                    blank += 1
                    if blank > BLANK_ROWS:
                        return
                    continue
                blank = 0
                wrong = next((cell for cell in cells if cell in ERRORS), None)
                yield RawRow(number, cells) if wrong is None else _wrong(number, str(wrong), cells)
        except BROKEN as error:
            raise _broken() from error


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.replace("\0", "")).strip()
        return text or None
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    return value if isinstance(value, int | float | bool) or value is None else str(value)


def _wrong(number: int, sign: str, cells: tuple[Cell, ...]) -> Torn:
    error = RowError(
        row=number,
        code="cell.formula_error",
        vi=f"Ô công thức đang báo lỗi {sign}; hãy sửa ô rồi gửi lại.",
        en=f"A formula gives {sign}; mend the cell and send the row again.",
    )
    return Torn(error, cells)


def _broken() -> FileError:
    return FileError(
        "import.broken",
        vi="Tệp hỏng hoặc không phải .xlsx; hãy mở bằng chương trình bảng tính, lưu lại rồi gửi.",
        en="The file is damaged or no .xlsx; open it in a spreadsheet program, save it again and send that.",
    )
