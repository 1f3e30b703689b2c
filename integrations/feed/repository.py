"""The statement of the feed."""

from typing import Any

from integrations.feed.rules import Cursor, Event, Examined
from postal.db import fetch, load_sql
from postal.identity.rules import Actor
from postal.ledger.rules import Stream

PAGE = load_sql(__package__, "page.sql")


async def examine(after: Cursor, actor: Actor, *, kind: str | None, most: int, limit: int) -> Examined:
    """Look at `most` rows behind the cursor at most, and give those that the actor may see, `limit` at most."""
    rows = await fetch(
        PAGE,
        after.position,
        after.turn,
        after.id,
        bytes.fromhex(after.content_hash),
        most,
        actor.reads_everything,
        sorted(actor.sees),
        kind,
        limit,
    )
    about = rows[0]
    return Examined(
        events=tuple(_event(row) for row in rows if row["id"] is not None),
        count=about["count"],
        last=_cursor(about, "last_") if about["count"] else None,
        settled=about["settled"],
    )


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
