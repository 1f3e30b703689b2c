"""Tables for spreadsheet programs: CSV and XLSX, streamed, in which no cell is ever run as a formula.

Times are given in UTC and written as Vietnam's local time, as every page shows them.
"""

import csv
import re
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO
from itertools import count
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from postal.network.rules import LOCAL

Cell = str | int | float | Decimal | bool | date | datetime | None
Row = Sequence[Cell]

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

BOM = b"\xef\xbb\xbf"
CHUNK = 64 * 1024
SHEET_ROWS = 1_048_576
"""What one sheet can hold; more rows go on to a further sheet."""
CELL_SIGNS = 32_767
LONGEST_NUMBER = 10**15
TITLE_SIGNS = 31
WIDEST = 60

# The wide forms run too, in programs with an East Asian setting; so do line feed and pipe in some.
_BEGINS_FORMULA = tuple("=+-@\t\r\n|%=+-@")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")


def safe_cell(text: str) -> str:
    """Give the NFC text that no spreadsheet program runs: what looks like a formula begins with an apostrophe."""
    plain = _clean(text)
    return f"'{plain}" if plain.startswith(_BEGINS_FORMULA) else plain


def csv_line(row: Row) -> str:
    """Write one row as RFC 4180 has it, CR LF at the end."""
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_csv_cell(cell) for cell in row])
    return line.getvalue()


async def csv_stream(header: Row, rows: AsyncIterable[Row], *, bom: bool = True) -> AsyncIterator[bytes]:
    """Write a table in pieces of about 64 kB; with the mark at the front, programs know that it is UTF-8."""
    waiting = [BOM] if bom else []
    waiting.append(csv_line(header).encode())
    size = 0
    async for row in rows:
        waiting.append(line := csv_line(row).encode())
        size += len(line)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


class Workbook:
    """An XLSX file written row by row: memory holds one row of it, however long the sheets.

    Text is written as text, so `=1+1` stays these four signs; there are no links and no macros.
    """

    def __init__(self, path: Path, *, title: str, made_at: datetime) -> None:
        # Constant memory: rows go to a file beside the target, so both are gone with their folder.
        self._book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "tmpdir": str(path.parent),
            },
        )
        created = made_at.astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": _clean(title), "created": created})
        self._bold: Format = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats: dict[type, Format] = {
            datetime: self._book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            date: self._book.add_format({"num_format": "dd/mm/yyyy"}),
            Decimal: self._book.add_format({"num_format": "0.00"}),
        }
        self._titles: set[str] = set()
        self._sheet: Worksheet | None = None
        self._title = ""
        self._header: Row = ()
        self._next = 0

    def begin(self, title: str, header: Row) -> None:
        """Begin a sheet with its header row, which stays in sight; rows go there from now on."""
        self._title, self._header = title, header
        self._sheet = self._book.add_worksheet(self._free_title(title))
        for column, name in enumerate(header):
            self._sheet.set_column(column, column, min(WIDEST, max(12, len(str(name)) + 2)))
        self._next = 0
        self._put(header, self._bold)
        self._sheet.freeze_panes(1, 0)

    def write(self, row: Row) -> None:
        """Write one row below the last; a full sheet goes on in another of the same name with a number."""
        if self._next >= SHEET_ROWS:
            self.begin(self._title, self._header)
        self._put(row, None)

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _put(self, row: Row, style: Format | None) -> None:
        if self._sheet is None:
            raise ValueError("a sheet must begin before rows are written")
        for column, cell in enumerate(row):
            self._put_cell(self._sheet, column, cell, style)
        self._next += 1

    def _put_cell(self, sheet: Worksheet, column: int, cell: Cell, style: Format | None) -> None:
        at = self._next
        if isinstance(cell, str):
            sheet.write_string(at, column, _clean(cell)[:CELL_SIGNS], style)
        elif isinstance(cell, bool):
            sheet.write_boolean(at, column, cell, style)
        elif isinstance(cell, datetime):
            local = cell.astimezone(LOCAL).replace(tzinfo=None)
            sheet.write_datetime(at, column, local, style or self._formats[datetime])
        elif isinstance(cell, date):
            day = datetime.combine(cell, time.min)
            sheet.write_datetime(at, column, day, style or self._formats[date])
        elif isinstance(cell, Decimal):
            sheet.write_number(at, column, float(cell), style or self._formats[Decimal])
        elif cell is not None:
            # A spreadsheet's numbers keep 15 digits: a longer one is written as text, or it would change.
            if isinstance(cell, int) and abs(cell) >= LONGEST_NUMBER:
                sheet.write_string(at, column, str(cell), style)
            else:
                sheet.write_number(at, column, cell, style)

    def _free_title(self, title: str) -> str:
        plain = _NOT_IN_TITLES.sub(" ", _clean(title)).strip() or "Sheet"
        for number in count(1):
            tail = "" if number == 1 else f" ({number})"
            made = plain[: TITLE_SIGNS - len(tail)].rstrip() + tail
            if made.casefold() not in self._titles:
                break
        self._titles.add(made.casefold())
        return made


async def file_stream(path: Path) -> AsyncIterator[bytes]:
    """Give a finished file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _csv_cell(cell: Cell) -> str | int | float | Decimal | None:
    if isinstance(cell, str):
        return safe_cell(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.astimezone(LOCAL).isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell


def _clean(text: str) -> str:
    """Give text as it can be written anywhere: NFC, without signs that XML and UTF-8 do not know."""
    known = _LONE_SURROGATES.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _UNWRITABLE.sub("\ufffd", known))
