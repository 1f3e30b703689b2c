"""What is counted: the part that one dossier has in the figures, and sums of such parts."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from shipments.dossiers.rules import Channel

NO_OFFICE = ""
VERDICTS = ("early", "on_time", "late", "undecided", "unjudged")
JUDGED = ("early", "on_time", "late")
STATUTORY = "C3"
CLOCKS = ("C1", "C2", "C3", "C4", "C5", "C6", "C7")
BY_WORKING_TIME = frozenset({"C2", "C3", "C4"})
"""Clocks whose distribution is of working time; that of the others is of calendar time."""

DONE = tuple(f"{STATUTORY}.{verdict}" for verdict in VERDICTS)
"""Measures that sum to all dossiers whose statutory clock stopped."""


class Cut(StrEnum):
    """By what figures are summed; a pair has two values."""

    ALL = "all"
    AUTHORITY = "authority"
    DESK = "desk"
    OFFICE = "office"
    PROCEDURE = "procedure"
    CHANNEL = "channel"
    HOLDER = "holder"
    AUTHORITY_DESK = "authority+desk"
    AUTHORITY_OFFICE = "authority+office"
    AUTHORITY_PROCEDURE = "authority+procedure"
    AUTHORITY_CHANNEL = "authority+channel"
    AUTHORITY_HOLDER = "authority+holder"
    ROUTE = "desk+office"
    DESK_PROCEDURE = "desk+procedure"
    DESK_CHANNEL = "desk+channel"
    OFFICE_DESK = "office+desk"
    OFFICE_AUTHORITY = "office+authority"
    OFFICE_PROCEDURE = "office+procedure"
    OFFICE_CHANNEL = "office+channel"


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"


class ClockRow(Struct, frozen=True, kw_only=True):
    """A stored clock of a dossier, as far as figures go."""

    clock: str
    ordinal: int
    started_at: datetime
    party: str | None = None
    stopped_at: datetime | None = None
    calendar_us: int | None = None
    working_us: int | None = None
    due: datetime | None = None
    verdict: str | None = None
    verdict_extended: str | None = None
    verdict_index: str | None = None
    paused_since: datetime | None = None


class DossierFacts(Struct, frozen=True, kw_only=True):
    """A dossier with its clocks, its papers and the files that show them."""

    code: str
    procedure: str
    authority: str
    desk: str
    service_mode: str
    registered_at: datetime
    office: str | None = None
    channel: Channel | None = None
    consent: str | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    supplements: int = 0
    extensions: int = 0
    clocks: tuple[ClockRow, ...] = ()
    papers: int = 0
    paper_files: int = 0
    result_files: int = 0


class Place(Struct, frozen=True, kw_only=True, order=True):
    """The values by which a dossier is counted."""

    authority: str
    desk: str
    office: str
    procedure: str
    channel: Channel


class Part(Struct, frozen=True, kw_only=True, order=True):
    """One thing to count about a dossier; lengths in whole milliseconds, `bucket` that of its length or 0."""

    measure: str
    ordinal: int
    day: date
    holder: str = ""
    n: int = 1
    bucket: int = 0
    calendar_ms: int = 0
    working_ms: int = 0


class Contribution(Struct, frozen=True):
    """All that one dossier adds; parts are in order, so that equal contributions are equal."""

    place: Place
    parts: tuple[Part, ...]


class Amount(Struct, frozen=True):
    """What is summed."""

    n: int = 0
    calendar_ms: int = 0
    working_ms: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        """Add two amounts."""
        return Amount(
            self.n + other.n, self.calendar_ms + other.calendar_ms, self.working_ms + other.working_ms
        )

    def __neg__(self) -> "Amount":
        """Give what takes it away again."""
        return Amount(-self.n, -self.calendar_ms, -self.working_ms)

    def __bool__(self) -> bool:
        """Tell an amount that changes something."""
        return bool(self.n or self.calendar_ms or self.working_ms)


class Cell(Struct, frozen=True, kw_only=True, order=True):
    """The finest sum: everything that dossiers of one place add to one measure on one day."""

    place: Place
    measure: str
    day: date
    holder: str
    bucket: int


Deltas = Mapping[Cell, Amount]
