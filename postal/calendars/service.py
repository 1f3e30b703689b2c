"""Defining calendars."""

from datetime import datetime

import msgspec

from postal.calendars import repository
from postal.calendars.rules import Calendar, WorkingTime
from postal.db import unit_of_work


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


def _covers(stored: Calendar, wanted: Calendar) -> bool:
    """Compare by value; the store fills in the first day of hours that state none, and a base adds days."""
    same = all(getattr(stored, name) == getattr(wanted, name) for name in ("name", "zone", "first", "last"))
    filled = {
        row if row.valid_from else msgspec.structs.replace(row, valid_from=wanted.first)
        for row in wanted.hours
    }
    return same and (not filled or filled == set(stored.hours)) and set(wanted.days) <= set(stored.days)
