"""Statements that say who is calling and how far their word reaches."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from postal.db import fetch, fetch_row, load_sql
from postal.identity.rules import READS_EVERYTHING, Actor, Role

AUTHENTICATE_KEY = load_sql(__package__, "authenticate_key.sql")
AUTHENTICATE_SESSION = load_sql(__package__, "authenticate_session.sql")
GOVERNED = load_sql(__package__, "governed.sql")
OPEN_SESSIONS = load_sql(__package__, "open_sessions.sql")


async def find_by_keys(hashes: Collection[bytes], now: datetime) -> dict[bytes, Actor]:
    """Find the actors of those keys that are valid at `now`."""
    rows = await fetch(AUTHENTICATE_KEY, list(hashes), now)
    return {row["hash"]: _of_key(row) for row in rows}


def _of_key(row: Any) -> Actor:
    device = row["device"]
    return Actor(
        kind="device" if device else "key", id=device or row["prefix"], device=device, **_standing(row)
    )


async def find_by_session(token_hash: bytes, now: datetime, idle: timedelta) -> Actor | None:
    """Find the actor of a session that is valid at `now` and was used within `idle`."""
    row = await fetch_row(AUTHENTICATE_SESSION, token_hash, now, idle)
    if row is None:
        return None
    return Actor(kind="session", id=row["person"], person=row["person"], **_standing(row))


async def list_open_sessions(hashes: Collection[bytes], now: datetime, idle: timedelta) -> frozenset[bytes]:
    """List those sessions that are still valid; being asked about is no use of them."""
    return frozenset(row["token_hash"] for row in await fetch(OPEN_SESSIONS, list(hashes), now, idle))


async def organisation_exists(code: str) -> bool:
    """Say whether there is such an organisation, today or in the past."""
    return await fetch_row("SELECT 1 FROM organisation WHERE code = $1", code) is not None


async def list_below(organisation: str) -> frozenset[str]:
    """List an organisation and all below it in the tree."""
    return frozenset(row["code"] for row in await fetch(GOVERNED, organisation))


def _standing(row: Any) -> dict[str, Any]:
    roles = frozenset(Role(role) for role in row["roles"])
    return {
        "organisation": row["organisation"],
        "roles": roles,
        "sees": frozenset(row["sees"]),
        "reads_everything": bool(roles & READS_EVERYTHING),
        "national": row["national"],
    }
