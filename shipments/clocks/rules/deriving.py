"""Why a clock stands where it stands: day by day what was counted, and step by step how its due instant follows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from postal.calendars.rules import Convention, OutsideCalendar, Unit, WorkingTime
from postal.calendars.rules.limits import add_months
from shipments.clocks.rules.due import DueKind, DueRule
from shipments.clocks.rules.model import Clock

ONE_DAY = timedelta(days=1)
LONGEST = 1500
"""More steps than that nobody reads; the due instant is then given without them."""


class Why(StrEnum):
    """What a line says of its day."""

    WORKED = "worked"
    SPECIAL = "special"
    """Worked by a decision: a swap day, or a day with hours of its own."""
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OUTSIDE = "outside"
    """A working day of which nothing counts: begun after closing, or ended before opening."""
    WAIT = "wait"
    """The whole working time of the day went in waiting for the citizen."""
    PARTLY_WAIT = "partly_wait"
    FIRST_DAY = "first_day"
    COUNTED = "counted"
    CALENDAR_DAY = "calendar_day"
    MONTHS = "months"
    HOURS = "hours"
    MOVED = "moved"
    """The last day is off, so the next working day takes its place."""
    BEFORE_CUTOFF = "before_cutoff"
    AFTER_CUTOFF = "after_cutoff"
    PROMISED = "promised"
    STATED = "stated"
    RECOUNTED = "recounted"
    AS_LONG = "as_long"
    WAITED = "waited"
    MADE_UP = "made_up"
    DUE_CLOSES = "due_closes"
    DUE_SAME_HOUR = "due_same_hour"
    DUE_END_OF_DAY = "due_end_of_day"
    DUE = "due"


class Line(Struct, frozen=True, kw_only=True):
    """One day or step. `us` is working time, `number` how many days or hours are counted with this line.

    `name` and `citation` tell what is special about the day.
    """

    why: Why
    day: date | None = None
    us: int = 0
    waited_us: int = 0
    number: int | None = None
    at: datetime | None = None
    name: str = ""
    citation: str = ""


class Derivation(Struct, frozen=True, kw_only=True):
    """The days of a clock, which sum to its working time, and the steps from its beginning to its due instant."""

    clock: Clock
    days: tuple[Line, ...]
    steps: tuple[Line, ...]


def derive(clock: Clock, at: datetime) -> Derivation:
    """Derive a clock as it stands at an instant."""
    if clock.started is None:
        return Derivation(clock=clock, days=(), steps=())
    end = clock.stopped.at if clock.stopped else at
    steps: tuple[Line, ...] = ()
    if clock.due_rule is not None and clock.begun is not None and clock.due is not None:
        try:
            steps = tuple(_steps(clock.due_rule, clock.time, clock.begun))
        except OutsideCalendar:
            steps = (Line(why=Why.DUE, at=clock.due),)
    return Derivation(clock=clock, days=tuple(days_of(clock, clock.started.at, end)), steps=steps)


def days_of(clock: Clock, begin: datetime, end: datetime) -> Iterator[Line]:
    """Derive the span of a clock day by day; the working time of the lines sums to that of the clock."""
    time = clock.time
    waited: dict[date, int] = {}
    for wait in clock.waits:
        for share in time.shares(wait.start, wait.end or end):
            waited[share.day] = waited.get(share.day, 0) + share.worked
    for share in time.shares(begin, end):
        lost = waited.get(share.day, 0)
        yield _described(
            time, share.day, _why_worked(time, share.day, share.worked, lost), share.worked - lost, lost
        )


def _why_worked(time: WorkingTime, day: date, worked: int, waited: int) -> Why:
    if waited:
        return Why.PARTLY_WAIT if worked > waited else Why.WAIT
    off = _why_off(time, day)
    if off is not None:
        return off
    if not worked:
        return Why.OUTSIDE
    return Why.SPECIAL if time.rule_of(day) else Why.WORKED


def _why_off(time: WorkingTime, day: date) -> Why | None:
    if time.is_working_day(day):
        return None
    rule = time.rule_of(day)
    return Why.HOLIDAY if rule is not None and not rule.works else Why.WEEKEND


def _described(
    time: WorkingTime, day: date, why: Why, us: int = 0, waited_us: int = 0, number: int | None = None
) -> Line:
    rule = time.rule_of(day)
    return Line(
        why=why,
        day=day,
        us=us,
        waited_us=waited_us,
        number=number,
        name=rule.name if rule else "",
        citation=rule.citation if rule else "",
    )


def _steps(rule: DueRule, time: WorkingTime, begin: datetime) -> Iterator[Line]:
    yield from _plain_steps(rule, time, begin)
    waited = rule.waited(time)
    if not waited:
        return
    for start, end in rule.waits:
        yield Line(why=Why.WAITED, day=time.local_day(start), us=time.between(start, end), at=end)
    due = rule.plain(time, begin)
    yield from _worked_off(time, due, waited, Why.MADE_UP)
    yield Line(why=Why.DUE, at=rule.due(time, begin))


def _plain_steps(rule: DueRule, time: WorkingTime, begin: datetime) -> Iterator[Line]:
    due = rule.plain(time, begin)
    if rule.kind is DueKind.FIXED:
        yield Line(why=Why.STATED, at=due)
    elif rule.kind is DueKind.PROMISE:
        yield from _promised(rule, time, begin, due)
    elif rule.kind is DueKind.SAME_DAY:
        yield from _same_day(rule, time, begin, due)
    elif rule.kind is DueKind.AS_LONG:
        us = time.worked(due) - time.worked(begin)
        yield Line(why=Why.AS_LONG, us=us)
        yield from _worked_off(time, begin, us, Why.HOURS)
        yield Line(why=Why.DUE, at=due)
    elif rule.kind is DueKind.TRANSIT:
        yield from _counted(time, time.local_day(begin), rule.limit.value if rule.limit else 0)
        yield Line(why=Why.DUE_END_OF_DAY, at=due)
    else:
        yield from _limited(rule, time, begin, due)


def _limited(rule: DueRule, time: WorkingTime, begin: datetime, due: datetime) -> Iterator[Line]:
    limit = rule.limit
    if limit is None:
        return
    first = time.local_day(begin)
    if limit.unit is Unit.HOURS:
        yield Line(why=Why.HOURS, number=limit.value, at=due)
        return
    if limit.unit is Unit.WORKING_HOURS:
        yield from _worked_off(time, begin, time.worked(due) - time.worked(begin), Why.HOURS)
        yield Line(why=Why.DUE, at=due)
        return
    if limit.unit is Unit.WORKING_DAYS:
        yield from _counted(time, first, limit.value)
    elif limit.unit is Unit.MONTHS:
        yield Line(why=Why.MONTHS, day=add_months(first, limit.value), number=limit.value)
        yield from _moved(time, add_months(first, limit.value))
    else:
        yield _described(time, first, Why.FIRST_DAY)
        for number in range(1, limit.value + 1):
            yield _described(time, first + number * ONE_DAY, Why.CALENDAR_DAY, number=number)
        yield from _moved(time, first + limit.value * ONE_DAY)
    why = Why.DUE_CLOSES if rule.convention is Convention.END_OF_DAY else Why.DUE_SAME_HOUR
    yield Line(why=why, at=due)


def _counted(time: WorkingTime, first: date, count: int) -> Iterator[Line]:
    yield _described(time, first, Why.FIRST_DAY)
    day, last = first, time.add_working_days(first, count)
    number = 0
    while day < last:
        day += ONE_DAY
        off = _why_off(time, day)
        number += off is None
        yield _described(time, day, off or Why.COUNTED, number=number if off is None else None)


def _moved(time: WorkingTime, last: date) -> Iterator[Line]:
    while not time.is_working_day(last):
        yield _described(time, last, Why.MOVED)
        last += ONE_DAY


def _worked_off(time: WorkingTime, begin: datetime, us: int, why: Why) -> Iterator[Line]:
    """Walk on from an instant until so much has been worked."""
    end = time.at(time.worked(begin) + us) if us else begin
    if (end - begin) > LONGEST * ONE_DAY:
        return
    for share in time.shares(begin, end):
        off = _why_off(time, share.day)
        if share.worked or off is not None:
            yield _described(time, share.day, off or why, share.worked)


def _same_day(rule: DueRule, time: WorkingTime, begin: datetime, due: datetime) -> Iterator[Line]:
    day = time.local_day(begin)
    off = _why_off(time, day)
    if off is None and begin.astimezone(time.zone).hour < rule.cutoff_hour:
        yield Line(why=Why.BEFORE_CUTOFF, day=day, number=rule.cutoff_hour)
        yield Line(why=Why.DUE_CLOSES, at=due)
        return
    if off is None:
        yield Line(why=Why.AFTER_CUTOFF, day=day, number=rule.cutoff_hour)
    else:
        yield _described(time, day, off)
    last = time.local_day(due)
    day += ONE_DAY
    while day < last:
        between = _why_off(time, day)
        yield _described(time, day, between or Why.OUTSIDE)
        day += ONE_DAY
    yield Line(why=Why.DUE_CLOSES if off else Why.DUE, at=due)


def _promised(rule: DueRule, time: WorkingTime, begin: datetime, due: datetime) -> Iterator[Line]:
    yield Line(why=Why.PROMISED, at=rule.printed)
    if due == rule.printed:
        return
    yield Line(why=Why.RECOUNTED, number=time.calendar.version)
    if rule.is_recounted(time, begin):
        yield from _limited(rule, time, begin, due)
        return
    if rule.printed is not None:
        yield from _moved(time, time.local_day(rule.printed))
    yield Line(why=Why.DUE_CLOSES, at=due)
