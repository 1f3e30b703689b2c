"""When a letter of apology must have gone out, and from when on it is drafted (NĐ 61/2018/NĐ-CP Đ19 k9).

The text says "at latest 01 day before expiry". Whether that is a working day or a calendar day is a dated setting; the
letter for a promise on Monday must go out on Friday, or on Sunday.
"""

from datetime import date, datetime, timedelta

from msgspec import Struct

from postal.calendars.rules import WorkingTime
from postal.law.rules import Constants

ONE_DAY = timedelta(days=1)


class Timing(Struct, frozen=True):
    """The settings in force: how many days before the due instant, of which kind, after which share of the limit.

    A draft proposes a new date `propose_days` working days later, until somebody says otherwise.
    """

    days: int
    working: bool
    after_percent: int
    propose_days: int

    @classmethod
    def of(cls, constants: Constants) -> "Timing | None":
        """Read the settings of a day; None where no text held yet."""
        days = constants.find("apology.days_before_due")
        working = constants.find("apology.working_days")
        after = constants.find("apology.draft_after_percent")
        propose = constants.find("apology.propose_days")
        if days is None or working is None or propose is None:
            return None
        share = int(after.value) if after else 0
        return cls(int(days.value), bool(working.value), share, int(propose.value))


def send_by(time: WorkingTime, due: datetime, timing: Timing) -> datetime:
    """Give until when the letter must have gone out: so many days before the due instant, at its time of day.

    On a working day that closes earlier, until it closes.
    """
    day = time.local_day(due)
    if timing.working:
        for _ in range(timing.days):
            day = _working_day_before(time, day - ONE_DAY)
    else:
        day -= timing.days * ONE_DAY
    local = due.astimezone(time.zone)
    same = datetime.combine(day, local.time(), time.zone).astimezone(due.tzinfo)
    return min(same, time.closes(day)) if timing.working and time.is_working_day(day) else same


def draft_from(time: WorkingTime, begun: datetime, due: datetime, timing: Timing) -> datetime:
    """Give from when on a letter is drafted: the morning of the last working day on which it can go out in time.

    Where the limit is so short that this comes right with the receipt, not before the set share of it has passed.
    """
    day = _working_day_before(time, time.local_day(send_by(time, due, timing)))
    share = max(time.between(begun, due), 0) * timing.after_percent // 100
    return max(time.opens(day), time.at(time.worked(begun) + share))


def reach(time: WorkingTime, now: datetime, timing: Timing) -> datetime:
    """Give an instant by which everything is due that may be drafted for now; it may be later than need be."""
    today = time.local_day(now)
    by_work = time.add_working_days(today, max(timing.days, 1))
    by_days = time.add_working_days(today, 1) + timing.days * ONE_DAY
    return time.end_of(max(by_work, by_days))


def proposed_due(time: WorkingTime, due: datetime, now: datetime, timing: Timing) -> datetime:
    """Propose a new date: some working days after the promise, or after today where that is past."""
    later = max(time.local_day(due), time.local_day(now))
    return time.closes(time.add_working_days(later, timing.propose_days))


def _working_day_before(time: WorkingTime, day: date) -> date:
    """The last working day at or before a day; the day itself at the beginning of the calendar."""
    first = time.local_day(time.first_instant)
    found = day
    while not time.is_working_day(found):
        if found <= first:
            return time.add_working_days(first, 0)
        found -= ONE_DAY
    return found
