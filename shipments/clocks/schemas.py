"""What clocks look like over HTTP: seconds, and the row that started or stopped each."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from postal.calendars.rules import DayShare
from shipments.clocks.repository import LeadTime
from shipments.clocks.rules import (
    ODDITIES,
    Alternative,
    Clock,
    Clocks,
    Derivation,
    Doubt,
    Line,
    Mark,
    Oddity,
    Part,
    Verdict,
    Why,
    told,
)

MICROSECONDS = 1_000_000


class MarkView(Struct, frozen=True):
    """An instant, the row that states it, and how far it may err."""

    at: datetime
    row: UUID
    kind: str
    organisation: str | None
    uncertainty_ms: int


class WaitView(Struct, frozen=True):
    """A span that does not count; open while `end` is null."""

    kind: str
    start: datetime
    end: datetime | None


class AlternativeView(Struct, frozen=True, kw_only=True):
    """C3 under one reading of the supplement rule."""

    reading: str
    citation: str
    started_at: datetime
    due: datetime | None
    calendar_seconds: float
    working_seconds: float
    verdict: Verdict | None


class DoubtView(Struct, frozen=True, kw_only=True):
    """Both figures behind an undecided verdict: where the end and the due instant may lie, and what each would mean."""

    ends_from: datetime
    ends_to: datetime
    due_from: datetime
    due_to: datetime
    best: Verdict
    worst: Verdict


class LineView(Struct, frozen=True, kw_only=True):
    """One day or step of a derivation, and its sentence."""

    why: Why
    day: date | None
    worked_seconds: float
    number: int | None
    at: datetime | None
    name: str
    citation: str
    vi: str
    en: str


class SentenceView(Struct, frozen=True):
    """One sentence in both languages."""

    vi: str
    en: str


class DerivationView(Struct, frozen=True, kw_only=True):
    """Why: sentences to begin with, the days that sum to the working time, the steps to the due instant."""

    opening: Sequence[SentenceView]
    days: Sequence[LineView]
    steps: Sequence[LineView]


class OddityView(Struct, frozen=True):
    """What was odd about the rows, the row, and the rule that settled it."""

    code: str
    row: UUID
    vi: str
    en: str


class ClockView(Struct, frozen=True, kw_only=True):
    """One clock; the verdict is against the first promise, the one on an extension stands beside it.

    `due_before` is the due instant by the calendar known when the clock began, where a decision since then moved it.
    """

    clock: str
    ordinal: int
    party: str | None
    step: str | None
    started: MarkView | None
    stopped: MarkView | None
    waits: Sequence[WaitView]
    calendar: str
    calendar_seconds: float
    working_seconds: float
    limit: str | None
    due: datetime | None
    rule: str
    citation: str | None
    status: str | None
    verdict: Verdict | None
    due_extended: datetime | None
    verdict_extended: Verdict | None
    reading: str | None
    readings: dict[str, MarkView | None]
    alternatives: Sequence[AlternativeView]
    calendar_version: int
    due_before: datetime | None
    verdict_before: Verdict | None
    doubt: DoubtView | None
    holder: str | None
    derivation: DerivationView


class PartView(Struct, frozen=True):
    """A share of C7."""

    name: str
    calendar_seconds: float
    working_seconds: float


class DayView(Struct, frozen=True):
    """What one civil day adds to C3."""

    day: date
    worked_seconds: float
    working_day: bool
    note: str


class ClocksView(Struct, frozen=True, kw_only=True):
    """All clocks of a dossier; the parts, and the holders, each sum to C7."""

    dossier: str
    at: datetime
    clocks: Sequence[ClockView]
    parts: Sequence[PartView]
    holders: Sequence[PartView]
    days: Sequence[DayView]
    oddities: Sequence[OddityView]


class LeadTimes(Struct, frozen=True, kw_only=True):
    """Lead times by group, in seconds; `from` and `to` bound the start of a clock."""

    clock: str
    by: str | None
    begin: date | None
    end: date | None
    groups: Sequence[LeadTime]


def view_of(clocks: Clocks, derivations: Sequence[Derivation], days: Sequence[DayShare]) -> ClocksView:
    """Show the clocks of a dossier."""
    return ClocksView(
        dossier=clocks.dossier,
        at=clocks.at,
        clocks=[_clock(each.clock, each) for each in derivations],
        parts=[_part(part) for part in clocks.parts],
        holders=[_part(part) for part in clocks.holders],
        days=[
            DayView(share.day, share.worked / MICROSECONDS, share.working_day, share.note) for share in days
        ],
        oddities=[_oddity(oddity) for oddity in clocks.oddities],
    )


def _clock(clock: Clock, derivation: Derivation) -> ClockView:
    return ClockView(
        clock=clock.clock.value,
        ordinal=clock.ordinal,
        party=clock.party,
        step=clock.step,
        started=_mark(clock.started),
        stopped=_mark(clock.stopped),
        waits=[WaitView(wait.kind, wait.start, wait.end) for wait in clock.waits],
        calendar=clock.calendar,
        calendar_seconds=clock.calendar_us / MICROSECONDS,
        working_seconds=clock.working_us / MICROSECONDS,
        limit=clock.limit,
        due=clock.due,
        rule=clock.rule,
        citation=clock.citation,
        status=clock.status,
        verdict=clock.verdict,
        due_extended=clock.due_extended,
        verdict_extended=clock.verdict_extended,
        reading=clock.reading.value if clock.reading else None,
        readings={name: _mark(mark) for name, mark in clock.readings.items()},
        alternatives=[_alternative(each) for each in clock.alternatives],
        calendar_version=clock.time.calendar.version,
        due_before=clock.due_before,
        verdict_before=clock.verdict_before,
        doubt=_doubt(clock.doubt),
        holder=clock.holder,
        derivation=_derivation(derivation),
    )


def _alternative(each: Alternative) -> AlternativeView:
    return AlternativeView(
        reading=each.reading,
        citation=each.citation,
        started_at=each.started_at,
        due=each.due,
        calendar_seconds=each.calendar_us / MICROSECONDS,
        working_seconds=each.working_us / MICROSECONDS,
        verdict=each.verdict,
    )


def _derivation(derivation: Derivation) -> DerivationView:
    said = told(derivation)
    return DerivationView(
        opening=[SentenceView(vi, en) for vi, en in said.opening],
        days=[_line(line, *text) for line, text in zip(derivation.days, said.days, strict=True)],
        steps=[_line(line, *text) for line, text in zip(derivation.steps, said.steps, strict=True)],
    )


def _line(line: Line, vi: str, en: str) -> LineView:
    return LineView(
        why=line.why,
        day=line.day,
        worked_seconds=line.us / MICROSECONDS,
        number=line.number,
        at=line.at,
        name=line.name,
        citation=line.citation,
        vi=vi,
        en=en,
    )


def _doubt(doubt: Doubt | None) -> DoubtView | None:
    if doubt is None:
        return None
    return DoubtView(**{name: getattr(doubt, name) for name in Doubt.__struct_fields__})


def _oddity(oddity: Oddity) -> OddityView:
    return OddityView(oddity.code, oddity.row, *ODDITIES[oddity.code])


def _mark(mark: Mark | None) -> MarkView | None:
    return MarkView(mark.at, mark.row, mark.kind, mark.organisation, mark.uncertainty_ms) if mark else None


def _part(part: Part) -> PartView:
    return PartView(part.name, part.calendar_us / MICROSECONDS, part.working_us / MICROSECONDS)
