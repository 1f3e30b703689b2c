"""Judging a span against its limit, and saying so when the device's clock cannot decide it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from postal.calendars.rules import OutsideCalendar, WorkingTime
from shipments.clocks.rules.due import DueRule
from shipments.clocks.rules.model import Doubt, Mark, Verdict
from shipments.clocks.rules.nearing import NearDue, near_from

Due = Callable[[datetime], datetime]
PLAIN = NearDue()


def due_from(time: WorkingTime, begin: datetime, rule: DueRule) -> datetime | None:
    """The due instant, or None where a limit runs out of the calendar's years."""
    return _due(lambda at: rule.due(time, at), begin)


def judge(
    time: WorkingTime,
    started: Mark | None,
    stopped: Mark | None,
    at: datetime,
    rule: DueRule,
    *,
    near: NearDue = PLAIN,
) -> Verdict | None:
    """Judge a span; None where nothing can be due.

    A verdict that the uncertainty of a row's time could turn is `undecided`. Early means finished before the day on
    which it is due.
    """
    return judged(time, started, stopped, at, rule, near=near)[0]


def judged(
    time: WorkingTime,
    started: Mark | None,
    stopped: Mark | None,
    at: datetime,
    rule: DueRule,
    *,
    near: NearDue = PLAIN,
) -> tuple[Verdict | None, Doubt | None]:
    """Judge a span, and give both figures where its verdict is undecided."""
    if started is None:
        return Verdict.NOT_STARTED, None

    def due(begin: datetime) -> datetime:
        return rule.due(time, begin)

    dues = [found for shift in _shifts(started) if (found := _due(due, started.at + shift)) is not None]
    if not dues:
        return None, None
    ends = [stopped.at + shift for shift in _shifts(stopped)] if stopped else [at]
    first, last = min(dues), max(dues)
    middle = dues[len(dues) // 2]
    if max(ends) <= first:
        return _in_time(time, started.at, stopped, at, middle, near), None
    if min(ends) > last:
        return Verdict.LATE, None
    best = _in_time(time, started.at, stopped, min(ends), last, near, min(ends))
    doubt = Doubt(
        ends_from=min(ends), ends_to=max(ends), due_from=first, due_to=last, best=best, worst=Verdict.LATE
    )
    return Verdict.UNDECIDED, doubt


def _shifts(mark: Mark) -> tuple[timedelta, ...]:
    if not mark.uncertainty_ms:
        return (timedelta(0),)
    error = timedelta(milliseconds=mark.uncertainty_ms)
    return (-error, timedelta(0), error)


def _due(due: Due, begin: datetime) -> datetime | None:
    try:
        return due(begin)
    except OutsideCalendar:
        return None


def _in_time(
    time: WorkingTime,
    begin: datetime,
    stopped: Mark | None,
    at: datetime,
    due: datetime,
    near: NearDue,
    end: datetime | None = None,
) -> Verdict:
    if stopped is not None:
        return Verdict.EARLY if time.local_day(end or stopped.at) < time.local_day(due) else Verdict.ON_TIME
    nearing = near_from(time, begin, due, near)
    return Verdict.NEAR_DUE if nearing is not None and at >= nearing else Verdict.RUNNING
