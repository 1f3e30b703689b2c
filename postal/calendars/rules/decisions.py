"""Decisions that change single days of a calendar after the fact, and why one is refused."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from postal.calendars.rules.days import DayRule
from postal.calendars.rules.working_time import WorkingTime
from postal.errors import Conflict, Unprocessable

MINUTES_A_DAY = 1440
FARTHEST = timedelta(days=400)
"""A day so far from its decision is a slip of the pen: plans of holidays are made a year ahead."""


class Change(StrEnum):
    """What a decision makes of a day."""

    OFF = "off"
    WORK = "work"
    HOURS = "hours"


class DayChange(Struct, frozen=True, kw_only=True):
    """One day of a decision: off, worked with the hours of a weekday (its own if none is named), or other hours."""

    day: date
    change: Change
    name: str
    as_weekday: int | None = None
    hours: tuple[tuple[int, int], ...] = ()


class Decision(Struct, frozen=True, kw_only=True):
    """A decision as printed and entered: from `entered_at` on the calendar has one version more.

    One that withdraws another names no days; its title is the reason. `withdrawn_by` is known where a decision is read
    for somebody, and no part of what was entered.
    """

    id: UUID
    calendar: str
    number: str
    decided_on: date
    title: str
    status: Literal["found", "configured", "test"]
    entered_at: datetime
    entered_by: str
    organisation: str | None
    days: tuple[DayChange, ...]
    withdraws: UUID | None = None
    withdrawn_by: UUID | None = None

    @property
    def citation(self) -> str:
        """How a derivation names it."""
        return f"{self.number}, {self.decided_on:%d/%m/%Y}"

    def rule_of(self, change: DayChange) -> DayRule:
        """The rule that it makes of one day."""
        return DayRule(
            day=change.day,
            works=change.change is not Change.OFF,
            as_weekday=change.as_weekday,
            hours=change.hours,
            name=change.name,
            citation=self.citation,
            status=self.status,
            source=str(self.id),
        )


def refuse_bad_decision(decision: Decision, time: WorkingTime, today: date) -> None:
    """Raise Unprocessable with a sentence that says what to mend; `time` is the calendar before the decision."""
    _refuse_future(decision, today)
    if not decision.days:
        raise _refused("no_day", "Quyết định phải nêu ít nhất một ngày", "Name at least one day", "/days")
    seen: set[date] = set()
    for index, change in enumerate(decision.days):
        pointer = f"/days/{index}"
        if change.day in seen:
            raise _refused(
                "day_twice",
                f"Ngày {change.day:%d/%m/%Y} được nêu hai lần; chỉ giữ một dòng",
                f"{change.day} is named twice; keep one line",
                pointer,
            )
        seen.add(change.day)
        _refuse_bad_day(decision, change, time, pointer)


def refuse_withdrawal(withdrawal: Decision, decision: Decision, today: date) -> None:
    """Raise where a decision may not be withdrawn: a day of it has come, or it is withdrawn already, or withdraws."""
    _refuse_future(withdrawal, today)
    if decision.withdraws is not None:
        raise Conflict(
            "calendar.is_withdrawal",
            vi=f"Quyết định {decision.number} là quyết định thu hồi; hãy ghi lại các ngày bằng quyết định mới",
            en=f"Decision {decision.number} is itself a withdrawal; enter the days again by a new decision",
        )
    if decision.withdrawn_by is not None:
        raise Conflict(
            "calendar.withdrawn_already",
            vi=f"Quyết định {decision.number} đã được thu hồi",
            en=f"Decision {decision.number} has been withdrawn already",
        )
    first = min(change.day for change in decision.days)
    if first <= today:
        raise Conflict(
            "calendar.in_force",
            vi=f"Quyết định {decision.number} đã có hiệu lực từ ngày {first:%d/%m/%Y} nên không thu hồi được;"
            " hãy ghi quyết định thay thế cho các ngày còn lại",
            en=f"Decision {decision.number} has been in force since {first} and cannot be withdrawn; enter the"
            " decision that replaces it for the days that are left",
        )


def may_withdraw(decision: Decision, today: date) -> bool:
    """Tell whether a decision still could be withdrawn: it stands, names days, and none of them has come."""
    standing = decision.withdraws is None and decision.withdrawn_by is None
    return standing and all(change.day > today for change in decision.days)


def _refuse_future(decision: Decision, today: date) -> None:
    if decision.decided_on > today:
        raise _refused(
            "decided_in_future",
            "Ngày ban hành quyết định ở tương lai; ghi quyết định khi đã được ký",
            "The decision is dated in the future; enter it once it is signed",
            "/decided_on",
        )


def _refuse_bad_day(decision: Decision, change: DayChange, time: WorkingTime, pointer: str) -> None:
    if not time.calendar.first <= change.day < time.calendar.last:
        raise _refused(
            "day_outside",
            f"Lịch {decision.calendar} không có ngày {change.day:%d/%m/%Y}",
            f"Calendar {decision.calendar} does not cover {change.day}",
            pointer,
        )
    if abs(change.day - decision.decided_on) > FARTHEST:
        raise _refused(
            "day_far_away",
            f"Ngày {change.day:%d/%m/%Y} cách ngày ban hành hơn 400 ngày; hãy kiểm tra lại năm",
            f"{change.day} is more than 400 days from the decision; check the year",
            pointer,
        )
    if (change.change is Change.HOURS) != bool(change.hours):
        raise _refused(
            "hours_missing",
            "Chỉ ghi giờ, và phải ghi giờ, khi ngày đó có giờ làm việc riêng",
            "State hours for a day with other hours, and only for such",
            f"{pointer}/hours",
        )
    if change.as_weekday is not None and change.change is not Change.WORK:
        raise _refused(
            "weekday_needless",
            "Chỉ ngày làm bù mới theo giờ của một thứ khác",
            "Only a day that is worked follows the hours of another weekday",
            f"{pointer}/as_weekday",
        )
    if change.change is Change.WORK and not _has_hours(change, time):
        raise _refused(
            "weekday_missing",
            f"Ngày {change.day:%d/%m/%Y} thường không mở cửa; nêu rõ làm theo giờ của thứ mấy",
            f"{change.day} has no usual hours; say the hours of which weekday it follows",
            f"{pointer}/as_weekday",
        )
    _refuse_bad_hours(change.hours, f"{pointer}/hours")
    if _changes_nothing(change, time):
        raise _refused(
            "day_unchanged",
            f"Ngày {change.day:%d/%m/%Y} vốn đã như vậy; bỏ dòng này",
            f"{change.day} is like that already; leave the line out",
            pointer,
        )


def _refuse_bad_hours(hours: Iterable[tuple[int, int]], pointer: str) -> None:
    closed = 0
    for opens, closes in hours:
        if not 0 <= opens < closes <= MINUTES_A_DAY or opens < closed:
            raise _refused(
                "hours_wrong",
                "Giờ mở cửa phải trước giờ đóng cửa, các buổi theo thứ tự và không chồng nhau",
                "Hours must open before they close, in order and without overlap",
                pointer,
            )
        closed = closes


def _has_hours(change: DayChange, time: WorkingTime) -> bool:
    weekday = change.day.weekday() if change.as_weekday is None else change.as_weekday
    return any(
        row.weekday == weekday
        and (row.valid_from is None or row.valid_from <= change.day)
        and (row.valid_to is None or change.day < row.valid_to)
        for row in time.calendar.hours
    )


def _changes_nothing(change: DayChange, time: WorkingTime) -> bool:
    works = time.is_working_day(change.day)
    if change.change is Change.OFF:
        return not works
    if change.change is Change.WORK and change.as_weekday is None:
        rule = time.rule_of(change.day)
        return works and (rule is None or not (rule.hours or rule.as_weekday is not None))
    return False


def _refused(code: str, vi: str, en: str, pointer: str) -> Unprocessable:
    return Unprocessable(f"calendar.{code}", vi=vi, en=en, pointer=pointer)
