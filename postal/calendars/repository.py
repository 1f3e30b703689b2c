"""Calendars as stored, and the working time built from them, kept until their rows change."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from postal.calendars.rules import Calendar, DayRule, Hours, WorkingTime
from postal.db import execute, fetch, load_sql
from postal.errors import NotFound

STATES = load_sql(__package__, "states_of.sql")
HOURS = load_sql(__package__, "hours_of.sql")
DAYS = load_sql(__package__, "days_of.sql")
ADD_HOURS = load_sql(__package__, "add_hours.sql")
ADD_DAYS = load_sql(__package__, "add_days.sql")
PUT_CALENDAR = load_sql(__package__, "put_calendar.sql")

KEPT = 64
_built: OrderedDict[str, tuple[tuple[datetime, datetime | None], WorkingTime]] = OrderedDict()


async def working_time(code: str) -> WorkingTime:
    """The working time of one calendar; raises NotFound for an unknown code."""
    return (await working_times([code]))[code]


async def working_times(codes: Collection[str]) -> dict[str, WorkingTime]:
    """The working time of several calendars, in at most three statements; kept until a row changes."""
    states = {row["code"]: row for row in await fetch(STATES, sorted(set(codes)))}
    for code in codes:
        if code not in states:
            raise NotFound(
                "calendar.unknown", vi=f"Không có lịch {code}", en=f"No calendar {code}", calendar=code
            )
    stale = [code for code, row in states.items() if not _is_current(code, row)]
    for calendar in await _load([states[code] for code in stale]):
        row = states[calendar.code]
        _built[calendar.code] = ((row["changed_at"], row["base_changed_at"]), WorkingTime(calendar))
    found = {}
    for code in states:
        _built.move_to_end(code)
        found[code] = _built[code][1]
    while len(_built) > KEPT:
        _built.popitem(last=False)
    return found


async def find(code: str) -> Calendar | None:
    """A calendar with its own and its base's rows."""
    states = await fetch(STATES, [code])
    loaded = await _load(states)
    return loaded[0] if loaded else None


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


async def _load(states: Collection[Any]) -> list[Calendar]:
    if not states:
        return []
    wanted = sorted({row["code"] for row in states} | {row["base"] for row in states if row["base"]})
    hours: dict[str, list[Hours]] = {}
    for row in await fetch(HOURS, wanted):
        hours.setdefault(row["calendar"], []).append(
            Hours(
                weekday=row["weekday"],
                opens=row["opens"],
                closes=row["closes"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
            )
        )
    days: dict[str, dict[date, DayRule]] = {}
    for row in await fetch(DAYS, wanted):
        days.setdefault(row["calendar"], {})[row["day"]] = DayRule(
            day=row["day"],
            works=row["works"],
            as_weekday=row["as_weekday"],
            name=row["name"],
            citation=row["citation"],
            status=row["status"],
            source=row["source"],
        )
    return [
        Calendar(
            code=row["code"],
            name=row["name"],
            zone=row["zone"],
            first=row["first_day"],
            last=row["last_day"],
            hours=tuple(hours.get(row["code"]) or hours.get(row["base"], [])),
            days=tuple({**days.get(row["base"], {}), **days.get(row["code"], {})}.values()),
        )
        for row in states
    ]
