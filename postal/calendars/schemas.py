"""What calendars and decisions on them look like over HTTP."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from postal.calendars.rules import Change, DayChange, Decision

Number = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9./\-Đ]{0,39}$(?!\n)", description="As printed")]
Title = Annotated[str, Meta(min_length=3, max_length=300)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
MOST_DAYS = 62
MOST_SPANS = 6


class HoursSpan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One opening interval of a day."""

    opens: TimeOfDay
    closes: TimeOfDay


class ChangedDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a decision makes of a day; `as_weekday` (0 is Monday) lends a day that is worked the hours of another."""

    day: date
    change: Change
    name: Title
    as_weekday: Annotated[int, Meta(ge=0, le=6)] | None = None
    hours: Annotated[list[HoursSpan], Meta(max_length=MOST_SPANS)] = []


class EnterDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision on a calendar, as signed."""

    number: Number
    decided_on: date
    title: Title
    days: Annotated[list[ChangedDay], Meta(min_length=1, max_length=MOST_DAYS)]
    status: Literal["found", "configured", "test"] = "configured"


class WithdrawDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The decision by which an earlier one is withdrawn, as signed."""

    number: Number
    decided_on: date
    reason: Title


class DecisionView(Struct, frozen=True, kw_only=True):
    """A decision as entered; from `entered_at` on it counts, and no longer from the entry of `withdrawn_by` on."""

    id: UUID
    calendar: str
    number: str
    decided_on: date
    title: str
    status: str
    entered_at: datetime
    entered_by: str
    organisation: str | None
    days: Sequence[ChangedDay]
    withdraws: UUID | None = None
    withdrawn_by: UUID | None = None


def view_of(decision: Decision) -> DecisionView:
    """Show a decision."""
    return DecisionView(
        id=decision.id,
        calendar=decision.calendar,
        number=decision.number,
        decided_on=decision.decided_on,
        title=decision.title,
        status=decision.status,
        entered_at=decision.entered_at,
        entered_by=decision.entered_by,
        organisation=decision.organisation,
        days=[_shown(change) for change in decision.days],
        withdraws=decision.withdraws,
        withdrawn_by=decision.withdrawn_by,
    )


def change_of(given: ChangedDay) -> DayChange:
    """Read a day."""
    return DayChange(
        day=given.day,
        change=given.change,
        name=given.name,
        as_weekday=given.as_weekday,
        hours=tuple((minutes(span.opens), minutes(span.closes)) for span in given.hours),
    )


def minutes(time: str) -> int:
    """Read a time of day as minutes."""
    hours, rest = time.split(":")
    return int(hours) * 60 + int(rest)


def time_of(minutes_of_day: int) -> str:
    """Write minutes as a time of day."""
    return f"{minutes_of_day // 60:02}:{minutes_of_day % 60:02}"


def _shown(change: DayChange) -> ChangedDay:
    return ChangedDay(
        day=change.day,
        change=change.change,
        name=change.name,
        as_weekday=change.as_weekday,
        hours=[HoursSpan(opens=time_of(opens), closes=time_of(closes)) for opens, closes in change.hours],
    )
