"""Calendars as stored, and the working time built from them, kept until their rows change."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.calendars.rules import (
    Calendar,
    DayChange,
    DayRule,
    Decision,
    Editions,
    Hours,
    WorkingTime,
    editions_of,
)
from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound

STATES = load_sql(__package__, "states_of.sql")
HOURS = load_sql(__package__, "hours_of.sql")
DAYS = load_sql(__package__, "days_of.sql")
ADD_HOURS = load_sql(__package__, "add_hours.sql")
ADD_DAYS = load_sql(__package__, "add_days.sql")
PUT_CALENDAR = load_sql(__package__, "put_calendar.sql")

LISTED = load_sql(__package__, "listed.sql")
ADD_DECISION = load_sql(__package__, "add_decision.sql")
DECISIONS = load_sql(__package__, "decisions.sql")
DECISIONS_ON = load_sql(__package__, "decisions_on.sql")
DECISION = load_sql(__package__, "decision.sql")
LOCK = (
    "SELECT code FROM calendar WHERE code = $1 OR code = (SELECT base FROM calendar WHERE code = $1)"
    " ORDER BY code FOR UPDATE"
)

KEPT = 64
_built: OrderedDict[str, tuple[tuple[datetime, datetime | None], Editions]] = OrderedDict()
_DECISION_COLUMNS = (
    "id",
    "calendar",
    "number",
    "decided_on",
    "title",
    "status",
    "entered_at",
    "entered_by",
    "organisation",
    "withdraws",
    "withdrawn_by",
)


class CalendarState(Struct, frozen=True, kw_only=True):
    """A calendar as listed; its version counts the decisions on it and on its base."""

    code: str
    name: str
    zone: str
    base: str | None
    version: int
    citation: str
    status: str


class _Built(NamedTuple):
    code: str
    editions: Editions


async def working_time(code: str) -> WorkingTime:
    """The working time of one calendar by its newest version; raises NotFound for an unknown code."""
    return (await working_times([code]))[code]


async def working_times(codes: Collection[str]) -> dict[str, WorkingTime]:
    """The working time of several calendars by their newest versions, in at most four statements."""
    return {code: found.latest for code, found in (await editions(codes)).items()}


async def editions(codes: Collection[str]) -> dict[str, Editions]:
    """Every version of several calendars, in at most four statements; kept until a row changes."""
    states = {row["code"]: row for row in await fetch(STATES, sorted(set(codes)))}
    for code in codes:
        if code not in states:
            raise unknown(code)
    stale = [code for code, row in states.items() if not _is_current(code, row)]
    for built in await _load([states[code] for code in stale]):
        row = states[built.code]
        _built[built.code] = ((row["changed_at"], row["base_changed_at"]), built.editions)
    found = {}
    for code in states:
        _built.move_to_end(code)
        found[code] = _built[code][1]
    while len(_built) > KEPT:
        _built.popitem(last=False)
    return found


async def lock(code: str) -> Editions:
    """Keep others from deciding on a calendar or its base until the unit of work ends, and give its versions."""
    locked = await fetch(LOCK, code)
    if code not in {row["code"] for row in locked}:
        raise unknown(code)
    return (await editions([code]))[code]


async def list_calendars() -> list[CalendarState]:
    """Every calendar, by code."""
    return [CalendarState(**dict(row)) for row in await fetch(LISTED)]


async def with_base(code: str) -> frozenset[str]:
    """A calendar and those that are based on it: what a decision on it changes."""
    rows = await fetch("SELECT code FROM calendar WHERE code = $1 OR base = $1", code)
    return frozenset(row["code"] for row in rows)


async def add_decision(decision: Decision) -> datetime | None:
    """Keep a decision and give the instant of its entry, later than any before it; None if the number is taken.

    The calendar counts as changed from then on, so everybody who has built it builds it again.
    """
    row = await fetch_row(
        ADD_DECISION,
        decision.id,
        decision.calendar,
        decision.number,
        decision.decided_on,
        decision.title,
        decision.status,
        decision.entered_at,
        decision.entered_by,
        decision.organisation,
        msgspec.json.encode([_stored_day(day) for day in decision.days]).decode(),
        decision.withdraws,
    )
    return row["entered_at"] if row else None


async def list_decisions(
    calendar: str | None, *, after: datetime | None = None, limit: int = 100
) -> list[Decision]:
    """Decisions on a calendar and its base, or on all, the one entered last first; `after` pages back in time."""
    return [_decision(row) for row in await fetch(DECISIONS, calendar, after, limit)]


async def find_decision(calendar: str, number: str) -> Decision | None:
    """The decision on a calendar under a number."""
    row = await fetch_row(
        "SELECT id FROM calendar_decision WHERE calendar = $1 AND number = $2", calendar, number
    )
    return await get_decision(row["id"]) if row else None


async def get_decision(identifier: UUID) -> Decision:
    """One decision with its days."""
    row = await fetch_row(DECISION, identifier)
    if row is None:
        raise unknown_decision()
    return _decision(row)


async def find(code: str) -> Calendar | None:
    """A calendar with its own and its base's rows."""
    states = await fetch(STATES, [code])
    loaded = await _load(states)
    return loaded[0].editions.latest.calendar if loaded else None


async def put(
    calendar: Calendar, *, base: str | None, citation: str, status: str, changed_at: datetime
) -> None:
    """Write a calendar, replacing the rows it had."""
    await execute(
        PUT_CALENDAR,
        calendar.code,
        calendar.name,
        calendar.zone,
        base,
        calendar.first,
        calendar.last,
        citation,
        status,
        changed_at,
    )
    await execute("DELETE FROM calendar_hours WHERE calendar = $1", calendar.code)
    await execute("DELETE FROM calendar_day WHERE calendar = $1", calendar.code)
    await execute(
        ADD_HOURS,
        calendar.code,
        calendar.first,
        *_columns(
            5,
            [(row.weekday, row.opens, row.closes, row.valid_from, row.valid_to) for row in calendar.hours],
        ),
    )
    await execute(
        ADD_DAYS,
        calendar.code,
        *_columns(
            7,
            [
                (row.day, row.source, row.works, row.as_weekday, row.name, row.citation, row.status)
                for row in calendar.days
            ],
        ),
    )


def _columns(width: int, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(width)]


def _is_current(code: str, row: Any) -> bool:
    return code in _built and _built[code][0] == (row["changed_at"], row["base_changed_at"])


async def _load(states: Collection[Any]) -> list[_Built]:
    if not states:
        return []
    wanted = sorted({row["code"] for row in states} | {row["base"] for row in states if row["base"]})
    hours: dict[str, list[Hours]] = {}
    for row in await fetch(HOURS, wanted):
        hours.setdefault(row["calendar"], []).append(_hours(row))
    days: dict[str, list[DayRule]] = {}
    for row in await fetch(DAYS, wanted):
        days.setdefault(row["calendar"], []).append(_day(row))
    decisions: dict[str, list[Decision]] = {}
    for row in await fetch(DECISIONS_ON, wanted):
        decisions.setdefault(row["calendar"], []).append(_decision(row))
    return [
        _Built(
            row["code"],
            editions_of(
                Calendar(
                    code=row["code"],
                    name=row["name"],
                    zone=row["zone"],
                    first=row["first_day"],
                    last=row["last_day"],
                    hours=tuple(hours.get(row["code"]) or hours.get(row["base"], [])),
                ),
                days.get(row["base"], ()),
                days.get(row["code"], ()),
                (*decisions.get(row["base"], ()), *decisions.get(row["code"], ())),
            ),
        )
        for row in states
    ]


def _hours(row: Any) -> Hours:
    return Hours(
        weekday=row["weekday"],
        opens=row["opens"],
        closes=row["closes"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


def _day(row: Any) -> DayRule:
    return DayRule(
        day=row["day"],
        works=row["works"],
        as_weekday=row["as_weekday"],
        name=row["name"],
        citation=row["citation"],
        status=row["status"],
        source=row["source"],
    )


def _decision(row: Any) -> Decision:
    days = msgspec.json.decode(row["days"], type=tuple[DayChange, ...])
    return Decision(**{name: row[name] for name in _DECISION_COLUMNS}, days=days)


def _stored_day(change: DayChange) -> dict[str, Any]:
    return {
        "day": change.day,
        "change": change.change,
        "as_weekday": change.as_weekday,
        "opens": [opens for opens, _ in change.hours] or None,
        "closes": [closes for _, closes in change.hours] or None,
        "name": change.name,
    }


def unknown_decision() -> NotFound:
    """Make the refusal of a decision that there is not."""
    return NotFound("calendar.decision_unknown", vi="Không có quyết định này", en="There is no such decision")


def unknown(code: str) -> NotFound:
    """Make the refusal of a code that no calendar has."""
    return NotFound("calendar.unknown", vi=f"Không có lịch {code}", en=f"No calendar {code}", calendar=code)
