"""The board of discrepancies: five columns that share the cases among them. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from manifests.discrepancies.rules import Discrepancy, Standing

LATELY = timedelta(days=7)
"""So long a settled case stays on the board."""

PRESSING = timedelta(days=1)
"""So long before its end a deadline is pressing."""

SILENT_DEVICE = "waiting_limit_over"
"""Why a case was opened though a device has not told everything: what it still sends may settle it by itself."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Column(StrEnum):
    """Where a case stands, in the order of the board; a case that fits several stands in the last of them."""

    NEW = "new"
    ASSIGNED = "assigned"
    AWAITING = "awaiting"
    OVERDUE = "overdue"
    RESOLVED = "resolved"


class Left(Struct, frozen=True):
    """How long until a deadline, or since: so many hours or days, always told as a whole number."""

    late: bool
    number: int
    days: bool
    pressing: bool


def column_of(case: Discrepancy, now: datetime) -> Column | None:
    """Give the column of a case; what was settled longer ago is in none."""
    if case.state is Standing.RESOLVED:
        lately = case.resolved_at is not None and case.resolved_at >= now - LATELY
        return Column.RESOLVED if lately else None
    if case.deadline < now:
        return Column.OVERDUE
    if case.reason == SILENT_DEVICE:
        return Column.AWAITING
    return Column.NEW if case.assignee is None else Column.ASSIGNED


def left_of(deadline: datetime, now: datetime) -> Left:
    """Tell a deadline as people do: whole days from two days on, else hours, of which the first counts as one."""
    span = abs(deadline - now)
    late = deadline < now
    if span >= 2 * DAY:
        return Left(late, span // DAY, days=True, pressing=False)
    return Left(late, max(1, -(-span // HOUR)), days=False, pressing=not late and span <= PRESSING)
