"""Judging a span against its limit, and saying so when the device's clock cannot decide it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from postal.calendars.rules import OutsideCalendar, WorkingTime
from shipments.clocks.rules.model import Mark, Verdict

Due = Callable[[datetime], datetime]


def due_from(started: Mark | None, due: Due) -> datetime | None:
    """The due instant, or None where a limit runs out of the calendar's years."""
    return _due(due, started.at) if started else None


def fixed(due: datetime) -> Due:
    """A promise in writing: it does not depend on when the clock began."""
    return lambda _: due


def judge(
    time: WorkingTime,
    started: Mark | None,
    stopped: Mark | None,
    at: datetime,
    due: Due,
    *,
    near_percent: int = 20,
) -> Verdict | None:
    """Judge a span; None where nothing can be due.

    A verdict that the uncertainty of a row's time could turn is `undecided`. Early means finished before the day on
    which it is due.
    """
    if started is None:
        return Verdict.NOT_STARTED
    dues = [found for shift in _shifts(started) if (found := _due(due, started.at + shift)) is not None]
    if not dues:
        return None
    ends = [stopped.at + shift for shift in _shifts(stopped)] if stopped else [at]
    if max(ends) <= min(dues):
        return _in_time(time, started.at, stopped, at, _due(due, started.at) or dues[0], near_percent)
    return Verdict.LATE if min(ends) > max(dues) else Verdict.UNDECIDED


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
    time: WorkingTime, begin: datetime, stopped: Mark | None, at: datetime, due: datetime, near_percent: int
) -> Verdict:
    if stopped is not None:
        return Verdict.EARLY if time.local_day(stopped.at) < time.local_day(due) else Verdict.ON_TIME
    try:
        left, whole = time.between(at, due), time.between(begin, due)
    except OutsideCalendar:
        return Verdict.RUNNING
    return Verdict.NEAR_DUE if left * 100 <= whole * near_percent else Verdict.RUNNING
