"""Time limits in the units that procedures are published in, and when they fall due."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from postal.calendars.rules.working_time import WorkingTime


class Unit(StrEnum):
    """The five units of a published limit (domain: giờ, giờ làm việc, ngày, ngày làm việc, tháng)."""

    HOURS = "gio"
    WORKING_HOURS = "gio_lam_viec"
    DAYS = "ngay"
    WORKING_DAYS = "ngay_lam_viec"
    MONTHS = "thang"


class Convention(StrEnum):
    """How a limit counted in days ends: at closing time of its last day, or at the hour at which it began."""

    END_OF_DAY = "end_of_day"
    SAME_HOUR = "same_hour"


class Limit(Struct, frozen=True):
    """A published limit."""

    value: int
    unit: Unit


def due_of(
    time: WorkingTime, begin: datetime, limit: Limit, convention: Convention = Convention.END_OF_DAY
) -> datetime:
    """When a limit that began at `begin` falls due, in the calendar's own zone.

    Days and months leave the first day out; a last day that is off moves to the next working day. Both are
    conventions of configuration, as the text of the Civil Code is not among our sources.
    """
    if limit.unit is Unit.HOURS:
        return begin + timedelta(hours=limit.value)
    if limit.unit is Unit.WORKING_HOURS:
        return time.due(begin, timedelta(hours=limit.value))
    return _ending(time, begin, last_day(time, time.local_day(begin), limit), convention)


def last_day(time: WorkingTime, first: date, limit: Limit) -> date:
    """The working day on which a limit counted in days or months ends."""
    if limit.unit is Unit.WORKING_DAYS:
        return time.add_working_days(first, limit.value)
    if limit.unit is Unit.MONTHS:
        return time.add_working_days(add_months(first, limit.value), 0)
    return time.add_working_days(first + timedelta(days=limit.value), 0)


def add_months(day: date, count: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _ending(time: WorkingTime, begin: datetime, day: date, convention: Convention) -> datetime:
    if convention is Convention.END_OF_DAY:
        return time.closes(day)
    hour = begin.astimezone(time.zone).time()
    same = datetime.combine(day, hour, time.zone)
    return max(time.opens(day), min(same, time.closes(day))).astimezone(time.opens(day).tzinfo)
