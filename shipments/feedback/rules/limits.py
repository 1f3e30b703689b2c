"""By when a feedback must be refused, asked about, resolved and published: working days of dated constants."""

from datetime import datetime

from msgspec import Struct

from postal.calendars.rules import Limit, Unit, WorkingTime, due_of
from postal.law.rules import Constants


class Dues(Struct, frozen=True):
    """The three limits that run from the day on which it came in."""

    refuse: datetime
    supplement: datetime
    resolve: datetime


class Wait(Struct, frozen=True):
    """When we began to wait for its author, and when they answered."""

    asked_at: datetime
    back_at: datetime


def dues_of(time: WorkingTime, received_at: datetime, constants: Constants) -> Dues:
    """Reckon the limits; the day on which it came in does not count."""
    return Dues(
        _due(time, received_at, constants.number("feedback.refuse_days")),
        _due(time, received_at, constants.number("feedback.supplement_days")),
        _due(time, received_at, constants.number("feedback.resolve_days")),
    )


def extended(time: WorkingTime, due: datetime, wait: Wait, constants: Constants) -> datetime:
    """Move the limit of resolving by the working days for which its author was awaited, unless these count."""
    if constants["feedback.wait_counts"].value:
        return due
    waited = time.working_days_between(time.local_day(wait.asked_at), time.local_day(wait.back_at))
    return time.closes(time.add_working_days(time.local_day(due), waited)) if waited else due


def publish_due(time: WorkingTime, answered_at: datetime, constants: Constants) -> datetime:
    """Reckon by when an answer must be published."""
    return _due(time, answered_at, constants.number("feedback.publish_days"))


def _due(time: WorkingTime, begin: datetime, days: int) -> datetime:
    return due_of(time, begin, Limit(days, Unit.WORKING_DAYS))
