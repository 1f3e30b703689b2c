"""The statements of backup and restore, all run as owner."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from postal import db
from postal.db.migrations import LOCK

# First in its transaction: from here on everything is seen as of one instant, by pg_dump too.
FREEZE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
SNAPSHOT = "SELECT pg_export_snapshot()"
VERSION = "SELECT current_setting('server_version_num')::int"
# What is ours in the schema: not what an extension brought.
OURS = """
    n.nspname = 'public'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d WHERE d.classid = '{catalog}'::regclass AND d.objid = o.oid AND d.deptype = 'e'
    )
"""
TABLES = f"""
SELECT o.relname AS name
FROM pg_class AS o
JOIN pg_namespace AS n ON n.oid = o.relnamespace
WHERE o.relkind = 'r' AND {OURS.format(catalog="pg_class")}
ORDER BY name
"""  # noqa: S608 - made of constants
SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'postal_app'"
)
MISSING_ROLE = "SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postal_app')"
MIGRATIONS = "SELECT app_name, name FROM migration ORDER BY app_name, name"
NOTE = "INSERT INTO backup_made (at, rows, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
HAS_FILES = "SELECT to_regclass('public.file_part') IS NOT NULL"
ADDRESSES = """
SELECT f.address FROM file AS f JOIN file_key AS k ON k.id = f.key WHERE k.wrapped IS NOT NULL
UNION ALL
SELECT address FROM file_part
ORDER BY address
"""
ERASED = "SELECT f.address FROM file AS f JOIN file_key AS k ON k.id = f.key WHERE k.wrapped IS NULL"
LAST = "SELECT max(at) FROM backup_made"

# A restore, around what pg_restore writes. Whoever migrates or restores at the same time waits, or we do, not for long.
BEFORE = f"""
SET client_min_messages = warning;
SET lock_timeout = '5s';
SELECT pg_advisory_xact_lock({LOCK});
DO $$
DECLARE
    statement text;
    -- All of them before the first is run: what is gone by then has no name any more.
    statements text[] := ARRAY(
        SELECT text FROM (
            SELECT o.relkind = 'S' AS late, format('DROP %s IF EXISTS public.%I CASCADE',
                CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                    ELSE 'TABLE' END, o.relname)
            FROM pg_class AS o
            JOIN pg_namespace AS n ON n.oid = o.relnamespace
            WHERE o.relkind IN ('r', 'p', 'v', 'm', 'S') AND {OURS.format(catalog="pg_class")}
            UNION ALL
            SELECT true, format('DROP ROUTINE IF EXISTS %s CASCADE', o.oid::regprocedure)
            FROM pg_proc AS o
            JOIN pg_namespace AS n ON n.oid = o.pronamespace
            WHERE {OURS.format(catalog="pg_proc")}
            UNION ALL
            SELECT true, format('DROP TYPE IF EXISTS public.%I CASCADE', o.typname)
            FROM pg_type AS o
            JOIN pg_namespace AS n ON n.oid = o.typnamespace
            WHERE o.typtype IN ('e', 'd') AND {OURS.format(catalog="pg_type")}
        ) AS found (late, text)
        ORDER BY late
    );
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
SET lock_timeout = 0;
"""  # noqa: S608 - made of constants
# Rows that were read elsewhere by the feed must stay behind those that are written from now on.
AFTER = """
SET search_path = public;
DO $$
DECLARE
    expected record;
    found bigint;
BEGIN
    FOR expected IN SELECT * FROM json_each_text('{tables}') LOOP
        EXECUTE format('SELECT count(*) FROM ONLY public.%I', expected.key) INTO found;
        IF found <> expected.value::bigint THEN
            RAISE EXCEPTION 'table % has % rows and not %', expected.key, found, expected.value;
        END IF;
    END LOOP;
    IF to_regproc('public.feed_begin_era') IS NOT NULL THEN
        PERFORM feed_begin_era();
    END IF;
END
$$;
"""


async def freeze() -> str:
    """See everything as of now for the rest of the unit of work; gives the snapshot's name for pg_dump."""
    await db.execute(FREEZE)
    return str(await db.fetch_value(SNAPSHOT))


async def tables() -> dict[str, int]:
    """Count the rows of every table."""
    return {
        row["name"]: await db.fetch_value(f'SELECT count(*) FROM ONLY public."{row["name"]}"')  # noqa: S608 - own names
        for row in await db.fetch(TABLES)
    }


async def files() -> list[str]:
    """List where the files lie that somebody can still open, uploads on their way included."""
    if not await db.fetch_value(HAS_FILES):
        return []
    return [row["address"] for row in await db.fetch(ADDRESSES)]


async def erased_files() -> list[str]:
    """List where files lay whose key was dropped."""
    if not await db.fetch_value(HAS_FILES):
        return []
    return [row["address"] for row in await db.fetch(ERASED)]


async def is_empty() -> bool:
    """Tell whether the database has no table of ours."""
    return not await db.fetch(TABLES)


async def server_version() -> int:
    """Give PostgreSQL's version as a number."""
    return int(await db.fetch_value(VERSION))


async def lacks_role() -> bool:
    """Tell whether the role is missing that the grants in a backup are for."""
    return bool(await db.fetch_value(MISSING_ROLE))


async def sessions() -> int:
    """Count connections of the application to this database."""
    return int(await db.fetch_value(SESSIONS))


async def migrations() -> tuple[tuple[str, str], ...]:
    """List the migrations that were run."""
    return tuple((row["app_name"], row["name"]) for row in await db.fetch(MIGRATIONS))


async def note(at: datetime, rows: int, size: int) -> None:
    """Remember that a backup was made."""
    await db.execute(NOTE, at, rows, size)


async def last() -> datetime | None:
    """Give when the last backup was made, or None."""
    at: datetime | None = await db.fetch_value(LAST)
    return at


async def analyze() -> None:
    """Give the planner figures about what was restored."""
    await db.execute("ANALYZE")


def script_after(rows: Mapping[str, int]) -> str:
    """Write what ends a restore: the counts must be those of the manifest, or nothing of it is kept."""
    return AFTER.replace("{tables}", msgspec.json.encode(rows).decode())
