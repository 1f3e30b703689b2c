"""How much a piece of work reads, for tests of queues that must not be read whole."""

from collections.abc import Awaitable
from typing import TypeVar

from postal.db import fetch_value, unit_of_work

READ = """
SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0))::int FROM pg_stat_xact_user_tables
WHERE relname = ANY ($1::text[])
"""
Found = TypeVar("Found")


async def read_by(work: Awaitable[Found], *tables: str) -> tuple[int, Found]:
    """Do a piece of work in a unit of its own; gives how many rows of these tables it read, and what it gives."""
    async with unit_of_work():
        before = await fetch_value(READ, list(tables))
        found = await work
        return await fetch_value(READ, list(tables)) - before, found
