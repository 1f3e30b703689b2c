"""Statements of the administrators' pages: the audit log as people read it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from postal.administration.rules import INSPECTORS, PERSONAL, Entry, Reading, Wanted, first_id
from postal.audit.looks import SHOWN
from postal.db import fetch, load_sql

ENTRIES = load_sql(__package__, "entries.sql")
READINGS = load_sql(__package__, "readings.sql")
ABOUT = load_sql(__package__, "about.sql")


async def entries(
    organisations: Collection[str] | None, wanted: Wanted, after: UUID | None, limit: int
) -> list[Entry]:
    """List entries of some organisations (None: all), the newest first."""
    rows = await fetch(
        ENTRIES,
        None if organisations is None else sorted(organisations),
        wanted.person,
        wanted.subject,
        wanted.action,
        None if wanted.begin is None else first_id(wanted.begin),
        None if wanted.end is None else first_id(wanted.end),
        after,
        limit,
    )
    return [_entry(row) for row in rows]


async def entries_about(codes: Collection[str], after: UUID | None, limit: int) -> list[Entry]:
    """List entries about some codes, whoever made them, the newest first."""
    return [_entry(row) for row in await fetch(ABOUT, sorted(codes), after, limit)]


async def readings_of(codes: Collection[str]) -> tuple[Reading, ...]:
    """Count the readings of what is personal about some codes, by the kind of organisation that read."""
    rows = await fetch(READINGS, sorted(codes), sorted(PERSONAL), f"%{INSPECTORS}", SHOWN)
    return tuple(msgspec.convert(dict(row), Reading) for row in rows)


def _entry(row: Any) -> Entry:
    return msgspec.convert({**row, "detail": msgspec.json.decode(row["detail"])}, Entry)
