"""What a clock is, and what it is computed from."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct, field

from postal.calendars.rules import Editions, WorkingTime
from postal.law.rules import Constants, Procedure, Reading, TransitLimit
from shipments.clocks.rules.due import DueRule
from shipments.clocks.rules.nearing import NearDue, near_rule
from shipments.custody.rules import CITIZEN, Step
from shipments.dossiers.rules import CaseEvent


class ClockName(StrEnum):
    """The clocks of one dossier (domain.md 5.2)."""

    INBOUND = "C1"
    INTAKE = "C2"
    STATUTORY = "C3"
    STEP = "C4"
    PICKUP = "C5"
    RETURN = "C6"
    END_TO_END = "C7"


class Verdict(StrEnum):
    """How a span stands against its limit. None where there is no limit to stand against."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    RUNNING = "running"
    NEAR_DUE = "near_due"
    UNDECIDED = "undecided"
    NOT_STARTED = "not_started"


class Mark(Struct, frozen=True, kw_only=True):
    """An instant that starts or stops a clock, the row that states it, and how far that row's time may err."""

    at: datetime
    row: UUID
    kind: str
    organisation: str | None = None
    uncertainty_ms: int = 0


class Wait(Struct, frozen=True, kw_only=True):
    """A span that does not count; open while `end` is None."""

    kind: str
    start: datetime
    end: datetime | None


class Doubt(Struct, frozen=True, kw_only=True):
    """Why a verdict is `undecided`: the span in which the end lies, that of the due instant, and both verdicts."""

    ends_from: datetime
    ends_to: datetime
    due_from: datetime
    due_to: datetime
    best: Verdict
    worst: Verdict


class Oddity(Struct, frozen=True, kw_only=True):
    """Something in the rows that a stated rule had to settle, and the row."""

    code: str
    row: UUID


class Alternative(Struct, frozen=True, kw_only=True):
    """The statutory clock under one reading of the supplement rule."""

    reading: str
    citation: str
    started_at: datetime
    due: datetime | None
    calendar_us: int
    working_us: int
    verdict: Verdict | None
    rule: DueRule | None = None


class Clock(Struct, frozen=True, kw_only=True):
    """One measured span. `calendar_us` and `working_us` leave the waits out; the due instant is the first promise.

    `time` is the working time that it was measured by: the version of the calendar known when it ended, or now.
    `due_before` is the due instant by the version known when it began, where a later decision moved it. `begun` is
    what the due rule counts from. `holder` is whose step an open clock waits for.
    """

    clock: ClockName
    ordinal: int = 0
    party: str | None = None
    step: str | None = None
    started: Mark | None = None
    stopped: Mark | None = None
    waits: tuple[Wait, ...] = ()
    calendar: str
    calendar_us: int = 0
    working_us: int = 0
    limit: str | None = None
    due: datetime | None = None
    rule: str
    citation: str | None = None
    status: str | None = None
    verdict: Verdict | None
    due_extended: datetime | None = None
    verdict_extended: Verdict | None = None
    reading: Reading | None = None
    readings: dict[str, Mark | None] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    time: WorkingTime
    begun: datetime | None = None
    due_rule: DueRule | None = None
    due_before: datetime | None = None
    verdict_before: Verdict | None = None
    doubt: Doubt | None = None
    holder: str | None = None


class Part(Struct, frozen=True, kw_only=True):
    """A share of the whole: by what was going on, or by who held the papers."""

    name: str
    calendar_us: int
    working_us: int


class Clocks(Struct, frozen=True, kw_only=True):
    """All clocks of a dossier at one instant; the parts, and the holders, each sum to C7."""

    dossier: str
    at: datetime
    clocks: tuple[Clock, ...]
    parts: tuple[Part, ...] = ()
    holders: tuple[Part, ...] = ()
    oddities: tuple[Oddity, ...] = ()

    def get(self, name: ClockName) -> Clock | None:
        """Give the first clock of a name."""
        return next((clock for clock in self.clocks if clock.clock is name), None)


class Facts(Struct, frozen=True, kw_only=True):
    """What the ledger says of a dossier: its case, and the steps of the papers and of their result."""

    code: str
    authority: str
    desk: str
    office: str | None = None
    by_post: bool = True
    agencies: frozenset[str] = frozenset()
    events: tuple[CaseEvent, ...] = ()
    papers: tuple[Step, ...] = ()
    result: tuple[Step, ...] = ()
    uncertainty_ms: dict[UUID, int] = field(default_factory=dict)

    def is_agency(self, party: str | None) -> bool:
        """Tell a party that belongs to the agency's side of the counter."""
        return party is not None and party != CITIZEN and party in self.agencies | {self.desk, self.authority}

    def of_step(self, step: Step) -> Mark:
        """Make a mark of a step of custody."""
        return Mark(
            at=step.at,
            row=step.row,
            kind=step.kind,
            organisation=step.organisation,
            uncertainty_ms=self.uncertainty_ms.get(step.row, 0),
        )

    def of_event(self, event: CaseEvent) -> Mark:
        """Make a mark of a case event."""
        return Mark(
            at=event.at,
            row=event.id,
            kind=event.kind.value,
            organisation=event.organisation,
            uncertainty_ms=self.uncertainty_ms.get(event.id, 0),
        )


class StepLimit(Struct, frozen=True, kw_only=True):
    """The working hours that a version of a process gives to a step."""

    hours: int
    citation: str
    status: str


class Terms(Struct, frozen=True, kw_only=True):
    """The rules in force for a dossier; the working time of its procedure, of its desk, and of postal legs.

    `editions` has the versions of these calendars by code; a calendar that is not among them never changed.
    """

    procedure: Procedure | None
    constants: Constants
    working: WorkingTime
    counter: WorkingTime | None = None
    inbound: TransitLimit | None = None
    outbound: TransitLimit | None = None
    transit: WorkingTime | None = None
    editions: dict[str, Editions] = field(default_factory=dict)
    steps: dict[str, StepLimit] = field(default_factory=dict)

    @property
    def near(self) -> NearDue:
        """From when a clock under these terms is near due."""
        return near_rule(self.constants)

    def known_at(self, time: WorkingTime, instant: datetime | None) -> WorkingTime:
        """The version of a calendar that was known at an instant, or the newest."""
        found = self.editions.get(time.calendar.code)
        return time if found is None or instant is None else found.at(instant)
