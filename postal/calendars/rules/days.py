"""A calendar as data, and the intervals of working time that follow from it."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Micros = NDArray[np.int64]

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
WEEKDAY_OF_EPOCH = 3  # a Thursday; Monday is 0
MINUTES_A_DAY = 1440
LAST_WEEKDAY = 6


class InvalidCalendar(ValueError):
    """The rows of a calendar contradict each other."""


class Hours(Struct, frozen=True, kw_only=True):
    """One opening interval of a weekday (Monday is 0), in minutes of the civil day, closing exclusive.

    `valid_from` is the first day it holds, `valid_to` the first day it no longer does.
    """

    weekday: int
    opens: int
    closes: int
    valid_from: date | None = None
    valid_to: date | None = None


class DayRule(Struct, frozen=True, kw_only=True):
    """What is special about one day: off, worked with the hours of `as_weekday`, or with `hours` of its own.

    `hours` are (opens, closes) in minutes of the civil day.
    """

    day: date
    works: bool
    as_weekday: int | None = None
    hours: tuple[tuple[int, int], ...] = ()
    name: str = ""
    citation: str = ""
    status: str = "configured"
    source: str = "own"


class Calendar(Struct, frozen=True, kw_only=True):
    """Opening hours and special days in one time zone, from `first` (inclusive) to `last` (exclusive).

    `version` counts up with each decision that changed it.
    """

    code: str
    zone: str
    hours: tuple[Hours, ...]
    days: tuple[DayRule, ...] = ()
    name: str = ""
    first: date = date(1990, 1, 1)
    last: date = date(2081, 1, 1)
    version: int = 1


class Intervals(NamedTuple):
    """Working intervals in UTC, sorted and disjoint, each with the civil day it belongs to."""

    starts: Micros
    ends: Micros
    days: Micros


def day_number(day: date) -> int:
    """Count days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def day_of_number(number: int) -> date:
    """Invert `day_number`."""
    return date.fromordinal(number + EPOCH_ORDINAL)


def offset_micros(zone: ZoneInfo, instant: datetime) -> int:
    """Give the zone's offset from UTC at an instant, exactly."""
    offset = instant.astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(microseconds=1)


@lru_cache(maxsize=64)
def transitions(zone: ZoneInfo, first: date, last: date) -> tuple[tuple[int, int], ...]:
    """List (instant, offset from then on) over the range, the first at its very beginning.

    The zone is probed every eight hours and a change is then bisected to the second: no zone has ever changed
    twice within eight hours and come back.
    """
    at = day_number(first) - 2
    end = day_number(last) + 2
    probe = DAY // 3
    previous = _offset_at(zone, at * DAY)
    found = [(at * DAY, previous)]
    for instant in range(at * DAY + probe, end * DAY, probe):
        offset = _offset_at(zone, instant)
        if offset != previous:
            found.append((_bisect(zone, instant - probe, instant, previous), offset))
            previous = offset
    return tuple(found)


def _offset_at(zone: ZoneInfo, instant: int) -> int:
    return offset_micros(zone, EPOCH + timedelta(microseconds=instant))


def _bisect(zone: ZoneInfo, before: int, after: int, offset_before: int) -> int:
    while after - before > SECOND:
        middle = before + (after - before) // (2 * SECOND) * SECOND
        if _offset_at(zone, middle) == offset_before:
            before = middle
        else:
            after = middle
    return after


def check(calendar: Calendar) -> None:
    """Refuse hours outside a day, overnight hours and two rules for one day."""
    for row in calendar.hours:
        if not (0 <= row.weekday <= LAST_WEEKDAY and 0 <= row.opens < row.closes <= MINUTES_A_DAY):
            msg = f"{calendar.code}: hours {row.opens}-{row.closes} on weekday {row.weekday}"
            raise InvalidCalendar(msg)
    for rule in calendar.days:
        for opens, closes in rule.hours:
            if not 0 <= opens < closes <= MINUTES_A_DAY:
                msg = f"{calendar.code}: hours {opens}-{closes} on {rule.day}"
                raise InvalidCalendar(msg)
    seen = {rule.day for rule in calendar.days}
    if len(seen) != len(calendar.days):
        msg = f"{calendar.code}: two rules for one day"
        raise InvalidCalendar(msg)


def intervals(calendar: Calendar) -> Intervals:
    """Generate every working interval of a calendar.

    The definition: an instant is worked when the wall clock of the calendar's zone reads a time within the
    hours of that civil day. So an hour skipped by summer time is not worked, a repeated one is worked twice.
    """
    check(calendar)
    opens, closes = _wall_intervals(calendar)
    changes = transitions(ZoneInfo(calendar.zone), calendar.first, calendar.last)
    edges = [*(at for at, _ in changes[1:]), (day_number(calendar.last) + 2) * DAY]
    starts, ends, days = [], [], []
    for (begin, offset), end in zip(changes, edges, strict=True):
        low = np.searchsorted(closes, begin + offset, side="right")
        high = np.searchsorted(opens, end + offset, side="left")
        part_open = np.maximum(opens[low:high], begin + offset)
        part_close = np.minimum(closes[low:high], end + offset)
        starts.append(part_open - offset)
        ends.append(part_close - offset)
        days.append(opens[low:high] // DAY)
    return Intervals(np.concatenate(starts), np.concatenate(ends), np.concatenate(days))


def _wall_intervals(calendar: Calendar) -> tuple[Micros, Micros]:
    first, last = day_number(calendar.first), day_number(calendar.last)
    days = np.arange(first, last, dtype=np.int64)
    weekday = (days + WEEKDAY_OF_EPOCH) % 7
    for rule in calendar.days:
        index = day_number(rule.day) - first
        if 0 <= index < len(days):
            weekday[index] = _effective_weekday(rule, int(weekday[index]))
    opens, closes = [], []
    for row in calendar.hours:
        chosen = weekday == row.weekday
        if row.valid_from is not None:
            chosen &= days >= day_number(row.valid_from)
        if row.valid_to is not None:
            chosen &= days < day_number(row.valid_to)
        opens.append(days[chosen] * DAY + row.opens * MINUTE)
        closes.append(days[chosen] * DAY + row.closes * MINUTE)
    for rule in calendar.days:
        if rule.hours and first <= day_number(rule.day) < last:
            own = np.array(rule.hours, dtype=np.int64) * MINUTE + day_number(rule.day) * DAY
            opens.append(own[:, 0])
            closes.append(own[:, 1])
    if not opens:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    flat = np.concatenate(opens)
    order = np.argsort(flat, kind="stable")
    sorted_opens, sorted_closes = flat[order], np.concatenate(closes)[order]
    if np.any(sorted_opens[1:] < sorted_closes[:-1]):
        msg = f"{calendar.code}: opening hours overlap"
        raise InvalidCalendar(msg)
    return sorted_opens, sorted_closes


def _effective_weekday(rule: DayRule, weekday: int) -> int:
    if not rule.works or rule.hours:
        return -1
    return weekday if rule.as_weekday is None else rule.as_weekday
