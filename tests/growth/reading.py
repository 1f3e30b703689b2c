"""What a statement, or a whole request, reads of the ledger's partitions."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg

PARTITIONS = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger'::regclass"
SCANS = """
SELECT stat.relname AS name, COALESCE(stat.seq_scan, 0) + COALESCE(stat.idx_scan, 0) AS scans
FROM pg_stat_user_tables AS stat
JOIN pg_inherits AS part ON part.inhrelid = stat.relid AND part.inhparent = 'ledger'::regclass
"""


async def partitions_read(connection: asyncpg.Connection, statement: str, *args: Any, plan: str) -> set[str]:
    """Run a statement, take it back, and name the partitions that its plan executed; `plan` is generic or custom."""
    executed = await _executed(connection, statement, args, plan)
    partitions = {row["name"] for row in await connection.fetch(PARTITIONS)}
    return {name for name, loops in _relations(executed) if loops and name in partitions}


async def pages_read(connection: asyncpg.Connection, statement: str, *args: Any, plan: str) -> int:
    """Run a statement, take it back, and count the pages that it asked for, in memory or not."""
    executed = await _executed(connection, statement, args, plan)
    return executed["Shared Hit Blocks"] + executed["Shared Read Blocks"]


async def _executed(
    connection: asyncpg.Connection, statement: str, args: Sequence[Any], plan: str
) -> dict[str, Any]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL plan_cache_mode = force_{plan}_plan")
        await connection.execute(f"PREPARE explained AS {statement}")
        call = f"explained({', '.join(_literal(arg) for arg in args)})" if args else "explained"
        found = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE {call}")
        await connection.execute("DEALLOCATE explained")
    finally:
        await transaction.rollback()
    return json.loads(found)[0]["Plan"]


async def scans_of_partitions(dsn: str) -> dict[str, int]:
    """Count how often each partition was read so far; sessions report at their end, so end them first."""
    connection = await asyncpg.connect(dsn)
    try:
        return {row["name"]: row["scans"] for row in await connection.fetch(SCANS)}
    finally:
        await connection.close()


def _relations(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if "Relation Name" in node:
        yield node["Relation Name"], node["Actual Loops"]
    for child in node.get("Plans", ()):
        yield from _relations(child)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list | tuple):
        return f"'{{{','.join(str(each) for each in value)}}}'"
    return "'" + str(value).replace("'", "''") + "'"
