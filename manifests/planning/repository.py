"""Every SQL statement of planning."""

import msgspec

from manifests.planning.rules import Waiting
from postal.db import fetch, load_sql

WAITING = load_sql(__package__, "waiting.sql")


async def waiting_at(giver: str, limit: int) -> list[Waiting]:
    """List the pieces that wait at a giver for a manifest."""
    return [msgspec.convert(dict(row), Waiting) for row in await fetch(WAITING, giver, limit)]
