"""What a leader asks and is told: comparisons, figures and the measures behind them."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from shipments.dossiers.rules import Channel
from shipments.figures.rules.intervals import Rate
from shipments.figures.rules.model import DONE, VERDICTS, Amount
from shipments.figures.rules.summary import ClockSummary, Counts, Saved, Scope


class By(StrEnum):
    """By what a leader compares."""

    AUTHORITY = "authority"
    COMMUNE = "commune"
    DESK = "desk"
    OFFICE = "office"
    PROCEDURE = "procedure"


class Which(StrEnum):
    """The dossiers behind which figure."""

    REGISTERED = "registered"
    RECEIVED = "received"
    DONE = "done"
    IN_TIME = "in_time"
    LATE = "late"
    UNDECIDED = "undecided"
    OPEN = "open"
    OVERDUE = "overdue"
    COMPLETED = "completed"
    RETURNED = "returned"
    TRANSIT_LATE = "transit_late"
    SUPPLEMENTED = "supplemented"
    SUPPLEMENTED_AGAIN = "supplemented_again"
    EXTENDED = "extended"
    FORMAL_IN = "formal_in"
    FORMAL_OUT = "formal_out"
    CHOSEN = "chosen"
    DIGITISED = "digitised"
    STEPS = "steps"


BEHIND: dict[Which, tuple[str, ...]] = {
    Which.DONE: DONE,
    Which.IN_TIME: ("C3.early", "C3.on_time"),
    Which.LATE: ("C3.late",),
    Which.UNDECIDED: ("C3.undecided", "C3.unjudged"),
    Which.OPEN: ("received",),
    Which.OVERDUE: ("past_due",),
    Which.TRANSIT_LATE: ("C1.late", "C6.late"),
    Which.STEPS: tuple(f"C4.{verdict}" for verdict in VERDICTS),
}
"""What is counted for a figure, where it is not counted under its own name."""

UNLESS: dict[Which, tuple[str, ...]] = {Which.OPEN: DONE, Which.OVERDUE: ("past_due_done",)}


class Group(Struct, frozen=True, kw_only=True):
    """One row of the comparison; `posted` is None where it is not summed so."""

    value: str
    counts: Counts
    has_channel: bool


class Month(Struct, frozen=True):
    """One month."""

    month: date
    counts: Counts


class HolderTime(Struct, frozen=True):
    """What steps at one unit took in all."""

    holder: str
    amount: Amount
    on_time: Rate


class Leading(Struct, frozen=True, kw_only=True):
    """Everything on a leader's page. `end` is the first day after the last month."""

    begin: date
    end: date
    scope: Scope
    by: By
    total: Counts
    open: int
    overdue: int
    months: list[Month]
    groups: list[Group]
    clocks: list[ClockSummary]
    holders: list[HolderTime]
    saved: Saved
    target: int | None


class Asked(Struct, frozen=True, kw_only=True):
    """Which dossiers behind a figure are asked for; what is None does not restrict."""

    which: Which
    begin: date | None = None
    end: date | None = None
    authority: str | None = None
    desk: str | None = None
    office: str | None = None
    procedure: str | None = None
    commune: str | None = None
    channel: Channel | None = None
    holder: str | None = None


class Unused(Struct, frozen=True, kw_only=True):
    """A procedure on the list of the post with no dossier since a month; `last` is the last month that had one."""

    code: str
    name_vi: str
    name_en: str
    eligible_submit: bool
    eligible_return: bool
    in_force_since: date
    since: date
    last: date | None
    citation: str
