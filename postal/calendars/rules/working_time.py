"""W(t): the working time from the beginning of a calendar to an instant, a prefix sum in exact microseconds.

A duration is W(b) - W(a); a due instant is W⁻¹(W(a) + limit). The scalar functions take and give aware
datetimes, the `…_many` functions int64 arrays of microseconds since 1970 UTC; both read the same arrays.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from postal.calendars.rules.days import EPOCH, Calendar, DayRule, Micros, day_number, day_of_number, intervals
from postal.calendars.rules.steps import Steps
from postal.errors import Unprocessable

MICROSECOND = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)
MANY = 1 << 16
"""From so many instants on, the table of steps is worth its making."""


class OutsideCalendar(Unprocessable):
    """An instant or a limit leaves the years that a calendar covers."""


class DayShare(Struct, frozen=True, kw_only=True):
    """The part of a span that falls on one civil day, in working microseconds, and why the day is special."""

    day: date
    worked: int
    working_day: bool
    note: str = ""


def micros(instant: datetime) -> int:
    """Count microseconds since 1970 UTC, exactly; a naive instant is a programming error."""
    if instant.tzinfo is None:
        msg = "naive datetime"
        raise ValueError(msg)
    return (instant - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """Invert `micros`."""
    return EPOCH + timedelta(microseconds=int(value))


class WorkingTime:
    """The working time of one calendar; immutable, built once, cheap to ask."""

    def __init__(self, calendar: Calendar) -> None:
        built = intervals(calendar)
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.zone)
        self._starts, self._ends, self._days = built
        self._lengths = self._ends - self._starts
        self._upto: Micros = np.cumsum(self._lengths)
        self._before: Micros = self._upto - self._lengths
        # The same memory, read one number at a time without building arrays.
        self._scalar_starts, self._scalar_ends = self._starts.data, self._ends.data
        self._scalar_before, self._scalar_upto = self._before.data, self._upto.data
        self._scalar_days = self._days.data
        self._working_days: Micros = np.unique(self._days)
        self._scalar_working_days = self._working_days.data
        self._rules = {rule.day: rule for rule in calendar.days}
        self._low = micros(self._midnight(calendar.first))
        self._high = micros(self._midnight(calendar.last))

    @classmethod
    def of(cls, calendar: Calendar) -> Self:
        """Build from a calendar; the name reads better at call sites."""
        return cls(calendar)

    # Arrays

    def worked_many(self, instants: Micros) -> Micros:
        """W of each instant."""
        self._require_within(instants)
        if not len(self._starts):
            return np.zeros_like(instants)
        if len(instants) >= MANY and self._steps is not None:
            return self._steps.worked(instants)
        index = np.searchsorted(self._starts, instants, side="right") - 1
        inside = np.maximum(index, 0)
        part = np.minimum(instants - self._starts[inside], self._lengths[inside])
        return np.where(index < 0, 0, self._before[inside] + part)

    def at_many(self, worked: Micros) -> Micros:
        """W⁻¹: the earliest instant at which so much has been worked (closing time, not the next opening)."""
        if len(worked) and (not len(self._upto) or worked.min() < 0 or worked.max() > self._upto[-1]):
            raise self._outside()
        index = np.searchsorted(self._upto, worked, side="left")
        return self._starts[index] + (worked - self._before[index])

    def between_many(self, begins: Micros, ends: Micros) -> Micros:
        """W(end) - W(begin) for each pair; negative where the end comes first."""
        return self.worked_many(ends) - self.worked_many(begins)

    def due_many(self, begins: Micros, limits: Micros) -> Micros:
        """W⁻¹(W(begin) + limit) for each pair; a zero limit gives the next working instant."""
        due = self.at_many(self.worked_many(begins) + limits)
        zero = limits == 0
        if zero.any():
            due[zero] = self.openings_many(begins[zero])
        return due

    def openings_many(self, instants: Micros) -> Micros:
        """Move each instant to the first working one at or after it; a closing time is not one."""
        self._require_within(instants)
        index = np.searchsorted(self._ends, instants, side="right")
        if len(index) and index.max() >= len(self._starts):
            raise self._outside()
        return np.maximum(instants, self._starts[index])

    @cached_property
    def _steps(self) -> Steps | None:
        return Steps.of(self._starts, self._ends, self._low, self._high)

    # One instant

    def worked(self, instant: datetime) -> int:
        """W: working microseconds from the calendar's first day to an instant."""
        at = micros(instant)
        if not self._low <= at <= self._high:
            raise self._outside()
        index = bisect_right(self._scalar_starts, at) - 1
        if index < 0:
            return 0
        begun = self._scalar_starts[index]
        return self._scalar_before[index] + min(at - begun, self._scalar_ends[index] - begun)

    def at(self, worked: int) -> datetime:
        """W⁻¹: the earliest instant at which so many microseconds have been worked."""
        if not len(self._upto) or not 0 <= worked <= self._scalar_upto[-1]:
            raise self._outside()
        index = bisect_left(self._scalar_upto, worked)
        return from_micros(self._scalar_starts[index] + worked - self._scalar_before[index])

    def between(self, begin: datetime, end: datetime) -> int:
        """Working microseconds from begin to end; negative if the end comes first."""
        return self.worked(end) - self.worked(begin)

    def due(self, begin: datetime, limit: timedelta) -> datetime:
        """The instant at which a limit of working time, begun at `begin`, is used up.

        A limit of zero falls due at the first working instant at or after `begin`: a duty that arises when
        nobody works cannot be late before somebody does. This is our convention: no text says it.
        """
        if limit < timedelta(0):
            msg = "negative limit"
            raise ValueError(msg)
        return from_micros(self.due_many(_one(micros(begin)), _one(limit // MICROSECOND))[0])

    def opening(self, instant: datetime) -> datetime:
        """The first working instant at or after this one."""
        return from_micros(self.openings_many(_one(micros(instant)))[0])

    # Days

    def local_day(self, instant: datetime) -> date:
        """The civil day of an instant in the calendar's own zone."""
        return instant.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Tell whether any working time falls on a civil day."""
        number = day_number(day)
        index = bisect_left(self._scalar_working_days, number)
        return index < len(self._scalar_working_days) and self._scalar_working_days[index] == number

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after a day, itself not counted; zero gives it or the next working day."""
        if count < 0:
            msg = "negative count of days"
            raise ValueError(msg)
        self._require_day(day)
        find = bisect_left if count == 0 else bisect_right
        index = find(self._scalar_working_days, day_number(day)) + max(count - 1, 0)
        if index >= len(self._scalar_working_days):
            raise self._outside()
        return day_of_number(self._scalar_working_days[index])

    def working_days_between(self, begin: date, end: date) -> int:
        """Count the working days after `begin` up to and including `end`; negative if the end comes first."""
        low = bisect_right(self._scalar_working_days, day_number(begin))
        return bisect_right(self._scalar_working_days, day_number(end)) - low

    def days_left_from(self, day: date, count: int) -> datetime:
        """The instant from which no more than `count` working days are left after today, up to and with a day."""
        index = bisect_right(self._scalar_working_days, day_number(day)) - 1 - count
        if count < 0 or index < 0:
            raise self._outside()
        return self._midnight(day_of_number(self._scalar_working_days[index]))

    def rule_of(self, day: date) -> DayRule | None:
        """What is special about a day, with its citation; None for an ordinary one."""
        return self._rules.get(day)

    def hours_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working intervals of a civil day, in order; none where it is off."""
        number = day_number(day)
        low, high = bisect_left(self._scalar_days, number), bisect_right(self._scalar_days, number)
        return tuple(
            (from_micros(self._scalar_starts[index]), from_micros(self._scalar_ends[index]))
            for index in range(low, high)
        )

    def opens(self, day: date) -> datetime:
        """The first working instant of a working day."""
        return from_micros(self._scalar_starts[bisect_left(self._scalar_days, self._working_number(day))])

    def closes(self, day: date) -> datetime:
        """The closing time of a working day."""
        after = bisect_right(self._scalar_days, self._working_number(day))
        return from_micros(self._scalar_ends[after - 1])

    def end_of(self, day: date) -> datetime:
        """The last microsecond of a civil day."""
        return self._midnight(day + ONE_DAY) - MICROSECOND

    @property
    def first_instant(self) -> datetime:
        """The beginning of the calendar."""
        return from_micros(self._low)

    @property
    def last_instant(self) -> datetime:
        """The end of the calendar."""
        return from_micros(self._high)

    def shares(self, begin: datetime, end: datetime) -> Iterator[DayShare]:
        """Derive a span day by day; the shares sum to `between(begin, end)`."""
        day, last = self.local_day(begin), self.local_day(end)
        while day <= last:
            worked = self.between(max(begin, self._midnight(day)), min(end, self._midnight(day + ONE_DAY)))
            rule = self._rules.get(day)
            yield DayShare(
                day=day,
                worked=worked,
                working_day=self.is_working_day(day),
                note=rule.name if rule else "",
            )
            day += ONE_DAY

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), self.zone).astimezone(UTC)

    def _working_number(self, day: date) -> int:
        if not self.is_working_day(day):
            msg = f"{day} is no working day of {self.calendar.code}"
            raise ValueError(msg)
        return day_number(day)

    def _require_day(self, day: date) -> None:
        if not self.calendar.first <= day < self.calendar.last:
            raise self._outside()

    def _require_within(self, instants: Micros) -> None:
        if len(instants) and (instants.min() < self._low or instants.max() > self._high):
            raise self._outside()

    def _outside(self) -> OutsideCalendar:
        first, last = self.calendar.first, self.calendar.last
        return OutsideCalendar(
            "calendar.outside",
            vi=f"Lịch {self.calendar.code} chỉ có từ {first} đến trước {last}",
            en=f"Calendar {self.calendar.code} covers {first} to before {last}",
        )


def _one(value: int) -> Micros:
    return np.array([value], dtype=np.int64)
