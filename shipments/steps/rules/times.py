"""A case cut into steps, each split into waiting and work, against the hours that the process gives it (R20, R21).

A step is a span of clock C4: it begins where the one before ended, or where the case was passed on to somebody, and
ends with `step_done`, `transferred` or the end of the case. It is taken up

- at its beginning, where the party already holds the papers by their last scan;
- else at the first of these within the span: a scan by which the party holds the papers, an event that it states;
- else nobody saw when, and the whole span counts as work (`unseen`).

Before that it waits, from then on it is worked on; what the citizen was waited for is in neither. A planned step is met
by the next span, in order, of a party of its kind; a step may also be named by its number (`s2`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from shipments.clocks.rules import Clock, Facts
from shipments.clocks.rules.spans import clipped, lengths
from shipments.figures.rules import bucket_of

HOUR_US = 3_600_000_000
SECOND_US = 1_000_000
NUMBERED = re.compile(r"s([1-9][0-9]?)")


class Basis(StrEnum):
    """By what it is known when a step was taken up."""

    HELD = "held"
    RECEIVED = "received"
    ACTED = "acted"
    UNSEEN = "unseen"


class Planned(Struct, frozen=True, kw_only=True):
    """One step of the process version: working hours, and what kind of organisation answers for it."""

    number: int
    name_vi: str
    name_en: str
    hours: int
    unit_kind: str


class StepTime(Struct, frozen=True, kw_only=True):
    """One step as it went; waiting and work sum to the working time of the span, in microseconds.

    `person` is who stated its end, or took it up while it is open: the one who answers for it (R23).
    """

    ordinal: int
    party: str | None
    step: str | None
    planned: Planned | None
    started_at: datetime
    taken_up_at: datetime | None
    stopped_at: datetime | None
    basis: Basis
    waiting_us: int
    worked_us: int
    person: str | None
    row: UUID | None

    @property
    def total_us(self) -> int:
        """The working time of the whole span."""
        return self.waiting_us + self.worked_us

    @property
    def exceeded(self) -> bool:
        """Tell whether it took longer than its hours."""
        return self.planned is not None and self.total_us > self.planned.hours * HOUR_US


class StepSum(Struct, frozen=True, kw_only=True):
    """Steps of one kind together: how many, how long they waited and were worked on, how many took too long.

    `spread` counts their whole lengths by bucket (`shipments.figures.rules.spread`). Without a party they are those of
    the whole country.
    """

    procedure: str
    version: int | None
    number: int | None
    name_vi: str
    name_en: str
    party: str | None
    hours: int | None
    n: int
    waiting_us: int
    worked_us: int
    exceeded: int
    unseen: int
    spread: dict[int, int]

    @property
    def total_us(self) -> int:
        """The working time of all of them."""
        return self.waiting_us + self.worked_us


def step_times(
    clocks: Iterable[Clock],
    facts: Facts,
    plan: Sequence[Planned],
    kinds: Mapping[str, str],
    persons: Mapping[UUID, str | None],
    at: datetime,
) -> tuple[StepTime, ...]:
    """Tell of each span of C4 how it went; `kinds` are those of organisations, `persons` who wrote which row."""
    found: list[StepTime] = []
    following = 1
    for clock in clocks:
        if clock.started is None:
            continue
        planned = _planned(clock, plan, kinds, following)
        following = planned.number + 1 if planned else following
        found.append(_step_time(clock, facts, planned, persons, at))
    return tuple(found)


def _step_time(
    clock: Clock, facts: Facts, planned: Planned | None, persons: Mapping[UUID, str | None], at: datetime
) -> StepTime:
    assert clock.started is not None  # noqa: S101 - the caller leaves out what has not begun
    start, end = clock.started.at, clock.stopped.at if clock.stopped else max(at, clock.started.at)
    taken, basis, row = _taken_up(clock, facts, start, end)
    waiting = 0
    if taken is not None and taken > start:
        _, waiting = lengths(clock.time, start, taken, clipped(clock.waits, start, taken))
    answering = clock.stopped.row if clock.stopped else row
    return StepTime(
        ordinal=clock.ordinal,
        party=clock.party,
        step=clock.step,
        planned=planned,
        started_at=start,
        taken_up_at=taken,
        stopped_at=clock.stopped.at if clock.stopped else None,
        basis=basis,
        waiting_us=waiting,
        worked_us=clock.working_us - waiting,
        person=persons.get(answering) if answering else None,
        row=answering,
    )


def _taken_up(
    clock: Clock, facts: Facts, start: datetime, end: datetime
) -> tuple[datetime | None, Basis, UUID | None]:
    before = [step for step in facts.papers if step.at <= start]
    if before and before[-1].claims == (clock.party,):
        return start, Basis.HELD, before[-1].row
    seen = [
        (step.at, Basis.RECEIVED, step.row)
        for step in facts.papers
        if start < step.at <= end and step.claims == (clock.party,)
    ]
    ended_by = clock.stopped.row if clock.stopped else None
    seen += [
        (event.at, Basis.ACTED, event.id)
        for event in facts.events
        if start < event.at <= end and event.organisation == clock.party and event.id != ended_by
    ]
    return min(seen, key=lambda one: (one[0], one[2])) if seen else (None, Basis.UNSEEN, None)


def _planned(
    clock: Clock, plan: Sequence[Planned], kinds: Mapping[str, str], following: int
) -> Planned | None:
    named = NUMBERED.fullmatch(clock.step or "")
    if named:
        return next((each for each in plan if each.number == int(named[1])), None)
    kind = kinds.get(clock.party or "")
    return next((each for each in plan if each.number >= following and each.unit_kind == kind), None)


def summed(times: Iterable[tuple[str, int | None, StepTime]], *, whole: bool = False) -> tuple[StepSum, ...]:
    """Sum finished steps by procedure and its version, planned step and party; what takes longest comes first.

    `whole` sums those of all parties. What is stored (`shipments.steps.rules.rollup`) must give the same.
    """
    groups: dict[tuple[str, int | None, int | None, str, str | None], list[StepTime]] = {}
    for procedure, version, time in times:
        if time.stopped_at is None:
            continue
        number = time.planned.number if time.planned else None
        name = time.planned.name_vi if time.planned else time.step or ""
        party = None if whole else time.party
        groups.setdefault((procedure, version, number, name, party), []).append(time)
    sums = [
        StepSum(
            procedure=procedure,
            version=version,
            number=number,
            name_vi=name,
            name_en=each[0].planned.name_en if each[0].planned else name,
            party=party,
            hours=each[0].planned.hours if each[0].planned else None,
            n=len(each),
            waiting_us=sum(time.waiting_us for time in each),
            worked_us=sum(time.worked_us for time in each),
            exceeded=sum(time.exceeded for time in each),
            unseen=sum(time.basis is Basis.UNSEEN for time in each),
            spread=dict(Counter(bucket_of(time.total_us // SECOND_US) for time in each)),
        )
        for (procedure, version, number, name, party), each in groups.items()
    ]
    return tuple(sorted(sums, key=longest_first))


def longest_first(one: StepSum) -> tuple[object, ...]:
    """Give the order of sums."""
    return (-one.total_us, one.procedure, one.version or 0, one.number or 0, one.name_vi, one.party or "")
