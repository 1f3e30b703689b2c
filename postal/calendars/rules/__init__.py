"""Working time: calendars as data, W(t) as a prefix sum, and limits in the units of the law."""

from postal.calendars.rules.days import Calendar, DayRule, Hours, InvalidCalendar
from postal.calendars.rules.decisions import (
    Change,
    DayChange,
    Decision,
    may_withdraw,
    refuse_bad_decision,
    refuse_withdrawal,
)
from postal.calendars.rules.limits import Convention, Limit, Unit, due_of
from postal.calendars.rules.versions import Editions, editions_of
from postal.calendars.rules.working_time import DayShare, OutsideCalendar, WorkingTime, from_micros, micros

__all__ = [
    "Calendar",
    "Change",
    "Convention",
    "DayChange",
    "DayRule",
    "DayShare",
    "Decision",
    "Editions",
    "Hours",
    "InvalidCalendar",
    "Limit",
    "OutsideCalendar",
    "Unit",
    "WorkingTime",
    "due_of",
    "editions_of",
    "from_micros",
    "may_withdraw",
    "micros",
    "refuse_bad_decision",
    "refuse_withdrawal",
]
