"""A file read row by row, from any place on: the rows below its headings, each under its columns."""

from collections.abc import Iterator
from itertools import chain, islice

from integrations.imports.rules.model import (
    MOST_ROWS,
    Cell,
    FileError,
    Format,
    RawRow,
    RowError,
    Said,
    Torn,
)
from integrations.imports.rules.profile import LOOKED_AT, Located, Profile, locate
from integrations.imports.rules.sheets import Sheet
from integrations.imports.rules.texts import csv_rows, json_rows

EXACT = frozenset({Format.CSV, Format.JSON})
"""Files in which each row has as many cells as there are headings; a spreadsheet leaves empty ones out."""


class Reader:
    """The rows of a file; `place` counts those that were taken. Raises FileError for a file that cannot be read."""

    def __init__(self, data: bytes, form: Format, profile: Profile) -> None:
        self.warnings: tuple[Said, ...] = ()
        if form is Format.XLSX:
            sheet = Sheet(data, profile)
            self.warnings = sheet.warnings
            rows = sheet.rows()
        elif form is Format.JSON:
            rows = json_rows(data, profile)
        else:
            rows = csv_rows(data, profile)
        filled = (row for row in rows if isinstance(row, Torn) or any(_filled(cell) for cell in row.cells))
        first = list(islice(filled, LOOKED_AT))
        whole = [row for row in first if isinstance(row, RawRow)]
        self.located: Located = locate([row.cells for row in whole], profile)
        heading = first.index(whole[self.located.place])
        self._exact = form in EXACT
        self._rows: Iterator[RawRow | Torn] = chain(first[heading + 1 :], filled)
        self.place = 0

    def take(self, most: int) -> list[RawRow | Torn]:
        """Give the next rows; fewer than `most` are the last."""
        taken = [self._held(row) for row in islice(self._rows, most)]
        self.place += len(taken)
        if self.place > MOST_ROWS:
            raise FileError(
                "import.too_many_rows",
                vi=f"Tệp có hơn {MOST_ROWS} dòng; hãy chia thành nhiều tệp.",
                en=f"The file has more than {MOST_ROWS} rows; send it as several files.",
            )
        return taken

    def go_to(self, place: int) -> None:
        """Pass over rows up to a place."""
        while self.place < place and self.take(min(5_000, place - self.place)):
            pass

    def _held(self, row: RawRow | Torn) -> RawRow | Torn:
        """Give the row under the headings; one with other columns than they is torn."""
        if isinstance(row, Torn):
            return row
        width = len(self.located.headings)
        cells, beyond = row.cells[:width], row.cells[width:]
        if (self._exact and len(row.cells) < width) or any(_filled(cell) for cell in beyond):
            error = RowError(
                row=row.number,
                code="row.torn",
                vi=f"Dòng có {len(row.cells)} ô, tiêu đề có {width} cột; hãy kiểm tra dấu phân cách trong dòng.",
                en=f"The row has {len(row.cells)} cells and the headings {width}; look at the separators in it.",
            )
            return Torn(error, row.cells)
        return RawRow(row.number, (*cells, *(None,) * (width - len(cells))))


def _filled(cell: Cell) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())
