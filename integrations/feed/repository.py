"""The statement of the feed, and those of its followers."""

from datetime import datetime
from typing import Any

import msgspec

from integrations.feed.rules import EVERYTHING, Cursor, Event, Examined, Wanted
from postal.db import execute, fetch, fetch_value, load_sql
from postal.identity.rules import Actor
from postal.ledger.rules import Stream

PAGE = load_sql(__package__, "page.sql")
# Behind everything that is settled: what comes in from now on has at least the position of the oldest that still runs.
END_OF_FEED = """
SELECT jsonb_build_array(feed_position(pg_snapshot_xmin(pg_current_snapshot())) - 1, 9223372036854775807,
    'ffffffff-ffff-ffff-ffff-ffffffffffff', repeat('f', 64))
"""
FIRST_RECEIVED = """
SELECT received_at
FROM ledger
WHERE position >> 4 >= $1::bigint >> 4 AND position >= $1::bigint AND position > 0
ORDER BY position >> 4, position
LIMIT 1
"""
ADD_FOLLOWER = f"""
INSERT INTO feed_follower (name, cursor) SELECT $1, ({END_OF_FEED})
WHERE NOT EXISTS (SELECT FROM feed_follower WHERE name = $1)
ON CONFLICT DO NOTHING
"""  # noqa: S608 - own statement


async def examine(
    after: Cursor, actor: Actor, *, wanted: Wanted = EVERYTHING, most: int, limit: int
) -> Examined:
    """Look at `most` rows behind the cursor at most, and give those wanted that the actor may see, `limit` at most."""
    rows = await fetch(
        PAGE,
        after.position,
        after.turn,
        after.id,
        bytes.fromhex(after.content_hash),
        most,
        actor.reads_everything,
        sorted(actor.sees),
        sorted(wanted.kinds) or None,
        limit,
        sorted(wanted.streams) or None,
        sorted(wanted.codes) or None,
        sorted(wanted.organisations) or None,
    )
    about = rows[0]
    return Examined(
        events=tuple(_event(row) for row in rows if row["id"] is not None),
        count=about["count"],
        last=_cursor(about, "last_") if about["count"] else None,
        settled=about["settled"],
    )


async def lock_follower(name: str) -> Cursor | None:
    """Give how far a follower is, for this unit of work alone; None where it is new or held by another one."""
    found = await fetch_value("SELECT cursor FROM feed_follower WHERE name = $1 FOR UPDATE SKIP LOCKED", name)
    return _read(found)


async def hold_follower(name: str) -> Cursor | None:
    """Give how far a follower is, and keep it there until this unit of work ends; waits for whoever has it."""
    return _read(await fetch_value("SELECT cursor FROM feed_follower WHERE name = $1 FOR UPDATE", name))


async def add_follower(name: str) -> None:
    """Let a new follower begin at the end of the feed; one that is there stays where it is."""
    await execute(ADD_FOLLOWER, name)


async def place_follower(name: str, cursor: Cursor) -> None:
    """Say how far a follower is."""
    await execute(
        "INSERT INTO feed_follower (name, cursor) VALUES ($1, $2::jsonb)"
        " ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor",
        name,
        msgspec.json.encode(cursor).decode(),
    )


async def follower(name: str) -> Cursor | None:
    """Give how far a follower is."""
    return _read(await fetch_value("SELECT cursor FROM feed_follower WHERE name = $1", name))


async def drop_follower(name: str) -> None:
    """Forget a follower."""
    await execute("DELETE FROM feed_follower WHERE name = $1", name)


async def end_of_feed() -> Cursor:
    """Give the cursor behind all that is settled now."""
    return msgspec.json.decode(await fetch_value(END_OF_FEED), type=Cursor)


async def first_received(position: int) -> datetime | None:
    """Tell when the first row at or behind a position was received; None where none stands there."""
    found: datetime | None = await fetch_value(FIRST_RECEIVED, position)
    return found


def _read(kept: str | None) -> Cursor | None:
    return None if kept is None else msgspec.json.decode(kept, type=Cursor)


def _event(row: Any) -> Event:
    fields = {
        name: row[name] for name in Event.__struct_fields__ if name not in {"at", "stream", "content_hash"}
    }
    return Event(
        **fields,
        at=_cursor(row),
        content_hash=row["content_hash"],
        stream=Stream(row["stream"]),
    )


def _cursor(row: Any, prefix: str = "") -> Cursor:
    position, turn, row_id, part = (row[f"{prefix}{name}"] for name in ("position", "turn", "id", "part"))
    return Cursor(position, turn, row_id, part.hex())
