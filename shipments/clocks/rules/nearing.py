"""From when an open clock is near due: one rule, asked by verdicts and, as a stored instant, by every list."""

from datetime import datetime

from msgspec import Struct

from postal.calendars.rules import OutsideCalendar, WorkingTime
from postal.law.rules import Constants

DAYS, PERCENT = "clock.near_due_days", "clock.near_due_percent"


class NearDue(Struct, frozen=True, kw_only=True):
    """Near due are the last `days` working days before the day it is due, and the last `percent` of the limit.

    Whichever comes first; either may be absent, and without both nothing is ever near due.
    """

    days: int | None = None
    percent: int | None = 20


def near_rule(constants: Constants) -> NearDue:
    """Read the rule from the constants in force."""
    days, percent = constants.find(DAYS), constants.find(PERCENT)
    return NearDue(
        days=int(days.value) if days else None,
        percent=int(percent.value) if percent else None,
    )


def near_from(time: WorkingTime, begin: datetime, due: datetime, rule: NearDue) -> datetime | None:
    """The instant from which an open clock is near due; None without a rule, or outside the calendar's years."""
    found = []
    try:
        if rule.percent is not None:
            left = max(time.between(begin, due), 0) * rule.percent // 100
            found.append(time.at(time.worked(due) - left))
        if rule.days is not None:
            found.append(time.days_left_from(time.local_day(due), rule.days))
    except OutsideCalendar:
        return None
    return max(begin, min(found)) if found else None
