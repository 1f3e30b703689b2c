"""Every statement of subscriptions, notices and attempts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.feed.rules import Cursor
from integrations.notifications.rules import Attempt, Channel, Due, Given, Listed, Notice, Subscription
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.identity.rules import Actor

CLAIM = load_sql(__package__, "claim.sql")
SUBSCRIBED = load_sql(__package__, "subscribed.sql")
LISTED = load_sql(__package__, "listed.sql")
MOVED = load_sql(__package__, "moved.sql")
_COLUMNS = "id, dossier, channel, language, state, made_at, confirmed_at, ended_at, ended_why"


async def add(subscription: Subscription, digest: bytes, token_hash: bytes, sealed: bytes) -> None:
    """Keep who asked, and the sealed address."""
    await execute(
        "INSERT INTO notification_subscription (id, dossier, channel, language, state, address_digest, token_hash,"
        " made_at, confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        subscription.id,
        subscription.dossier,
        subscription.channel.value,
        subscription.language,
        subscription.state,
        digest,
        token_hash,
        subscription.made_at,
        subscription.confirmed_at,
    )
    await execute(
        "INSERT INTO notification_address (subscription, sealed) VALUES ($1, $2)", subscription.id, sealed
    )


async def live(dossier: str) -> list[tuple[Subscription, bytes]]:
    """List who is told of a dossier or asked to be, with the digests of their addresses."""
    rows = await fetch(
        f"SELECT {_COLUMNS}, address_digest FROM notification_subscription"  # noqa: S608 - own names
        " WHERE dossier = $1 AND state <> 'ended' ORDER BY made_at, id",
        dossier,
    )
    return [(_subscription(row), row["address_digest"]) for row in rows]


async def asked_since(digest: bytes, since: datetime) -> int:
    """Count how often an address was given lately, for any dossier."""
    counted: int = await fetch_value(
        "SELECT count(*) FROM notification_subscription WHERE address_digest = $1 AND made_at > $2",
        digest,
        since,
    )
    return counted


async def by_token(token_hash: bytes) -> Subscription | None:
    """Find a subscription by the link in its notices."""
    row = await fetch_row(
        f"SELECT {_COLUMNS} FROM notification_subscription WHERE token_hash = $1",  # noqa: S608 - own names
        token_hash,
    )
    return _subscription(row) if row else None


async def confirm(identifier: UUID, now: datetime) -> bool:
    """Make a pending subscription active; False where it is not pending."""
    done = await fetch(
        "UPDATE notification_subscription SET state = 'active', confirmed_at = $2"
        " WHERE id = $1 AND state = 'pending' RETURNING id",
        identifier,
        now,
    )
    return bool(done)


async def end(identifiers: Collection[UUID], why: str, now: datetime) -> int:
    """End subscriptions, drop their addresses and withdraw what was not told yet; gives how many ended."""
    given = list(identifiers)
    await execute("DELETE FROM notification_address WHERE subscription = ANY($1::uuid[])", given)
    await execute(
        "UPDATE notification_notice SET state = 'withdrawn', ended_at = $2, leased_until = NULL"
        " WHERE subscription = ANY($1::uuid[]) AND state IN ('waiting', 'sending')",
        given,
        now,
    )
    ended = await fetch(
        "UPDATE notification_subscription SET state = 'ended', ended_at = $2, ended_why = $3"
        " WHERE id = ANY($1::uuid[]) AND state <> 'ended' RETURNING id",
        given,
        now,
        why,
    )
    return len(ended)


async def addresses_of(dossier: str) -> list[tuple[Subscription, bytes | None]]:
    """List every subscription of a dossier, ended ones too, with its sealed address while there is one."""
    columns = ", ".join(f"s.{name.strip()}" for name in _COLUMNS.split(","))
    rows = await fetch(
        f"SELECT {columns}, a.sealed FROM notification_subscription AS s"  # noqa: S608 - own names
        " LEFT JOIN notification_address AS a ON a.subscription = s.id WHERE s.dossier = $1 ORDER BY s.made_at, s.id",
        dossier,
    )
    return [(_subscription(row), row["sealed"]) for row in rows]


async def add_notices(notices: Sequence[Notice]) -> int:
    """Keep what is to be told; what was told of a fact is not told again. Gives how many were new."""
    rows = await fetch(
        """
        INSERT INTO notification_notice (id, subscription, fact, kind, facts, at, made_at, due_at, state, attempts)
        SELECT id, subscription, fact, kind, facts, at, made_at, due_at, 'waiting', 0
        FROM jsonb_to_recordset($1::jsonb) AS given(
            id uuid, subscription uuid, fact text, kind text, facts jsonb, at timestamptz, made_at timestamptz,
            due_at timestamptz)
        ON CONFLICT (subscription, fact) DO NOTHING RETURNING id
        """,
        msgspec.json.encode(notices).decode(),
    )
    return len(rows)


async def claim(now: datetime, machine: datetime, until: datetime, limit: int) -> list[Due]:
    """Lease what is due, count the try before it is made, and say of tries without an end that nobody knows."""
    rows = await fetch(CLAIM, now, machine, until, limit)
    return [
        Due(
            notice=_notice(row),
            subscription=_subscription(row, "s_"),
            sealed=row["sealed"] or b"",
            attempts=row["attempts"],
        )
        for row in rows
    ]


async def finish(notice: UUID, number: int, given: Given, now: datetime, again: datetime | None) -> None:
    """Note the end of a try; a later try that has begun meanwhile is left as it is."""
    await execute(
        "UPDATE notification_attempt SET ended_at = $3, outcome = $4, answer = $5 WHERE notice = $1 AND number = $2",
        notice,
        number,
        now,
        given.outcome.value,
        given.answer,
    )
    over = given.outcome.value == "sent" or again is None
    state = "sent" if given.outcome.value == "sent" else "failed" if again is None else "waiting"
    await execute(
        "UPDATE notification_notice SET state = $3, due_at = COALESCE($4, due_at), leased_until = NULL,"
        " ended_at = CASE WHEN $5 THEN $6::timestamptz END"
        " WHERE id = $1 AND attempts = $2 AND state = 'sending'",
        notice,
        number,
        state,
        again,
        over,
        now,
    )


async def subscribed(codes: Collection[str]) -> list[tuple[str, Subscription]]:
    """List who is told of what these codes carry."""
    rows = await fetch(SUBSCRIBED, list(codes))
    return [(row["asked"], _subscription(row)) for row in rows]


async def moved_dates() -> list[tuple[Subscription, str, datetime, datetime]]:
    """List dates that a decision on working days moved after somebody asked to be told, and was not told yet."""
    rows = await fetch(MOVED)
    return [(_subscription(row), str(row["decision"]), row["due_after"], row["moved_at"]) for row in rows]


async def lock_cursor() -> Cursor | None:
    """Give how far the feed was read, holding it; None before the first time, or where nobody asked to be told."""
    await execute(
        """
        INSERT INTO notification_cursor (cursor)
        SELECT jsonb_build_array(feed_position(pg_snapshot_xmin(pg_current_snapshot())), 0,
            '00000000-0000-0000-0000-000000000000', '')
        ON CONFLICT DO NOTHING
        """
    )
    row = await fetch_row("SELECT cursor FROM notification_cursor FOR UPDATE")
    return msgspec.json.decode(row["cursor"], type=Cursor) if row else None


async def keep_cursor(cursor: Cursor) -> None:
    """Say how far the feed was read."""
    await execute("UPDATE notification_cursor SET cursor = $1::jsonb", msgspec.json.encode(cursor).decode())


async def listed(
    *, dossier: str | None = None, actor: Actor | None = None, failed: bool = False, limit: int = 50
) -> list[Listed]:
    """List notices with their tries, newest first: of a dossier, or of all that an actor sees."""
    rows = await fetch(
        LISTED,
        dossier,
        actor is None or actor.reads_everything,
        sorted(actor.sees) if actor else [],
        failed,
        limit,
    )
    return [
        Listed(
            **{name: row[name] for name in Listed.__struct_fields__ if name not in {"channel", "attempts"}},
            channel=Channel(row["channel"]),
            attempts=msgspec.json.decode(row["attempts"], type=list[Attempt]),
        )
        for row in rows
    ]


def _subscription(row: Any, prefix: str = "") -> Subscription:
    values = {name: row[f"{prefix}{name}"] for name in Subscription.__struct_fields__}
    return Subscription(**{**values, "channel": Channel(values["channel"])})


def _notice(row: Any) -> Notice:
    values = {name: row[name] for name in Notice.__struct_fields__}
    return Notice(**{**values, "facts": msgspec.json.decode(values["facts"])})
