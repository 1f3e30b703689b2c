"""Defining calendars, and entering decisions that change one afterwards."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.audit import service as audit
from postal.calendars import repository
from postal.calendars.repository import CalendarState
from postal.calendars.rules import (
    Calendar,
    DayChange,
    Decision,
    WorkingTime,
    refuse_bad_decision,
    refuse_withdrawal,
)
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.network.rules import local_day
from postal.outbox.service import publish

DECIDED = "calendar.decided"
"""The topic under which whoever keeps deadlines hears of a decision."""


class Entry(Struct, frozen=True, kw_only=True):
    """A decision as an office enters it."""

    number: str
    decided_on: date
    title: str
    days: tuple[DayChange, ...]
    status: Literal["found", "configured", "test"] = "configured"


class Withdrawal(Struct, frozen=True, kw_only=True):
    """The decision by which an earlier one is withdrawn, and why."""

    number: str
    decided_on: date
    reason: str


async def define(
    calendar: Calendar, *, citation: str, status: str, now: datetime, base: str | None = None
) -> WorkingTime:
    """Store a calendar, or leave it alone where it stands already; contradictory rows raise first.

    With a base, only the calendar's own rows are given here: the base's days hold too, and its hours if there
    are no own ones.
    """
    WorkingTime(calendar)
    async with unit_of_work():
        stored = await repository.find(calendar.code)
        if stored is None or not _covers(stored, calendar):
            await repository.put(calendar, base=base, citation=citation, status=status, changed_at=now)
    return await repository.working_time(calendar.code)


async def list_calendars() -> list[CalendarState]:
    """Every calendar with its version, by code."""
    return await repository.list_calendars()


async def list_decisions(
    calendar: str | None, *, after: datetime | None = None, limit: int = 100
) -> Sequence[Decision]:
    """Decisions on a calendar and its base, or on all, the one entered last first."""
    if calendar is not None and all(each.code != calendar for each in await repository.list_calendars()):
        raise repository.unknown(calendar)
    return await repository.list_decisions(calendar, after=after, limit=limit)


async def get_decision(identifier: UUID) -> Decision:
    """One decision with its days."""
    return await repository.get_decision(identifier)


async def decide(calendar: str, entry: Entry, *, actor: Actor, now: datetime) -> Decision:
    """Enter a decision: from now on the calendar has one version more, and open deadlines are run again.

    The same decision entered twice is one; another content under its number is refused. Only the national level
    decides, as for every other rule that holds for all.
    """
    _require_national(actor)
    async with unit_of_work():
        editions = await repository.lock(calendar)
        decision = _decision(calendar, entry, actor, now)
        earlier = await repository.find_decision(calendar, entry.number)
        if earlier is not None:
            _refuse_other_content(earlier, decision)
            return earlier
        refuse_bad_decision(decision, editions.latest, local_day(now))
        return await _enter(decision, "calendar.decided", {"days": len(entry.days)}, actor, now)


async def withdraw(
    calendar: str, identifier: UUID, withdrawal: Withdrawal, *, actor: Actor, now: datetime
) -> Decision:
    """Withdraw a decision none of whose days has come, by a later one that is entered and carried on like any other.

    Nothing is deleted: whoever asks as of an instant before this entry still sees the withdrawn days.
    """
    _require_national(actor)
    async with unit_of_work():
        await repository.lock(calendar)
        withdrawn = await repository.get_decision(identifier)
        if withdrawn.calendar != calendar:
            raise repository.unknown_decision()
        entry = Entry(
            number=withdrawal.number,
            decided_on=withdrawal.decided_on,
            title=withdrawal.reason,
            days=(),
            status=withdrawn.status,
        )
        decision = msgspec.structs.replace(_decision(calendar, entry, actor, now), withdraws=identifier)
        earlier = await repository.find_decision(calendar, entry.number)
        if earlier is not None:
            _refuse_other_content(earlier, decision)
            return earlier
        refuse_withdrawal(decision, withdrawn, local_day(now))
        return await _enter(decision, "calendar.withdrawn", {"withdrawn": withdrawn.number}, actor, now)


def _require_national(actor: Actor) -> None:
    if not actor.national:
        raise Forbidden(
            "calendar.national_only",
            vi="Chỉ cơ quan quản lý cấp quốc gia được ghi quyết định về lịch làm việc",
            en="Only the national level enters decisions on calendars",
        )


async def _enter(
    decision: Decision, action: str, detail: dict[str, str | int], actor: Actor, now: datetime
) -> Decision:
    entered_at = await repository.add_decision(decision)
    await audit.record(
        now=now,
        actor=actor.id,
        organisation=actor.organisation,
        action=action,
        subject=decision.calendar,
        detail={"number": decision.number, **detail},
    )
    await publish(
        DECIDED,
        {"decision": str(decision.id), "calendar": decision.calendar},
        key=f"calendar:{decision.calendar}",
    )
    return msgspec.structs.replace(decision, entered_at=entered_at or decision.entered_at)


def _decision(calendar: str, entry: Entry, actor: Actor, now: datetime) -> Decision:
    return Decision(
        id=new_id(now),
        calendar=calendar,
        number=entry.number,
        decided_on=entry.decided_on,
        title=entry.title,
        status=entry.status,
        entered_at=now,
        entered_by=actor.person or actor.id,
        organisation=actor.organisation,
        days=tuple(sorted(entry.days, key=lambda change: change.day)),
    )


def _refuse_other_content(earlier: Decision, decision: Decision) -> None:
    same = ("decided_on", "title", "days", "withdraws")
    if any(getattr(earlier, name) != getattr(decision, name) for name in same):
        raise Conflict(
            "calendar.number_taken",
            vi=f"Quyết định số {earlier.number} đã được ghi với nội dung khác; hãy ghi quyết định thay thế",
            en=f"Decision {earlier.number} was entered with other content; enter the decision that replaces it",
            pointer="/number",
        )


def _covers(stored: Calendar, wanted: Calendar) -> bool:
    """Compare by value; the store fills in the first day of hours that state none, and a base adds days."""
    same = all(getattr(stored, name) == getattr(wanted, name) for name in ("name", "zone", "first", "last"))
    filled = {
        row if row.valid_from else msgspec.structs.replace(row, valid_from=wanted.first)
        for row in wanted.hours
    }
    return same and (not filled or filled == set(stored.hours)) and set(wanted.days) <= set(stored.days)
