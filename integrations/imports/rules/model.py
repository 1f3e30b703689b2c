"""An import, its rows, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.errors import PostalError, Unprocessable

Cell = str | int | float | bool | None
"""A cell as the file has it; a date of a spreadsheet is written as ISO text."""

MIB = 1 << 20
LARGEST = 32 * MIB
MOST_ROWS = 200_000


class Kind(StrEnum):
    """What the rows of a file are about."""

    DOSSIERS = "dossiers"
    EVENTS = "events"
    RESULTS = "results"


class Format(StrEnum):
    """What sort of file it is."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class State(StrEnum):
    """How far an import is."""

    READING = "reading"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = frozenset({State.READING, State.APPLYING})


class Said(Struct, frozen=True):
    """A sentence in both languages."""

    vi: str
    en: str


class RowError(Struct, frozen=True, kw_only=True):
    """Why a row is not taken: by its number in the file and the heading of the cell. The value is not kept."""

    row: int
    code: str
    vi: str
    en: str
    heading: str | None = None


class RawRow(Struct, frozen=True):
    """The cells of a row, under the columns of the heading row, and the number of the row in the file."""

    number: int
    cells: tuple[Cell, ...]


class Torn(Struct, frozen=True):
    """A row that could not be read into cells, with what stands there instead."""

    error: RowError
    cells: tuple[Cell, ...] = ()


class Heading(Struct, frozen=True, kw_only=True):
    """A column of the file, and which field of ours it fills; None is kept with the file and not trusted."""

    name: str
    field: str | None = None


class Job(Struct, frozen=True, kw_only=True):
    """One file that an organisation brought."""

    id: UUID
    organisation: str
    kind: Kind
    format: Format
    profile: str
    profile_version: int
    profile_body: dict[str, Any]
    size: int
    dry_run: bool
    state: State
    made_at: datetime
    expires_at: datetime
    file_name: bytes | None = None
    wrapped: bytes | None = None
    actor: dict[str, Any] = {}
    failure: RowError | None = None
    headings: tuple[Heading, ...] = ()
    warnings: tuple[Said, ...] = ()
    place: int = 0
    read_whole: bool = False
    rows_read: int = 0
    rows_misread: int = 0
    rows_done: int = 0
    rows_new: int = 0
    rows_unchanged: int = 0
    rows_changed: int = 0
    rows_refused: int = 0
    next_subject: str = ""
    next_at: datetime | None = None
    next_row: int = 0
    finished_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def under_way(self) -> bool:
        """Whether there is something left to do."""
        return self.state in UNDER_WAY


class FileError(Exception):
    """A file that cannot be read at all."""

    def __init__(self, code: str, *, vi: str, en: str, row: int = 0) -> None:
        super().__init__(en)
        self.error = RowError(row=row, code=code, vi=vi, en=en)

    def refusal(self) -> PostalError:
        """Say the same to whoever sent it."""
        return Unprocessable(self.error.code, vi=self.error.vi, en=self.error.en)
