"""Every statement of subscriptions and their secrets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.deliveries.rules import delivery_of
from integrations.feed.rules import Cursor, Wanted
from integrations.webhooks.rules import Replay, Secret, Subscription
from postal.db import execute, fetch, fetch_row, fetch_value

_COLUMNS = "id, organisation, name, url, wanted, state, why, state_at, made_at, failing_since, replay"
_LIVE = f"SELECT {_COLUMNS} FROM webhook_subscription WHERE state <> 'deleted'"  # noqa: S608 - own names
_FIND = f"{_LIVE} AND id = $1"
_LOCK = f"{_FIND} FOR UPDATE"
_LISTED = f"""
{_LIVE} AND ($1::text[] IS NULL OR organisation = ANY($1)) AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3
"""
_ACTIVE = f"{_LIVE} AND state = 'active' ORDER BY id"
_PLACES = """
SELECT s.*, f.cursor
FROM webhook_subscription AS s
JOIN feed_follower AS f ON f.name = 'webhook:' || s.id
WHERE s.state = 'active'
ORDER BY s.id
"""
_PUT = f"""
INSERT INTO webhook_subscription ({_COLUMNS})
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11::jsonb)
ON CONFLICT (id) DO UPDATE SET name = $3, url = $4, wanted = $5::jsonb, state = $6, why = $7, state_at = $8,
    failing_since = $10, replay = $11::jsonb
"""  # noqa: S608 - own names
# The first, in the order of the feed, of what has not arrived and either waits or was given up lately.
_OLDEST = """
SELECT
    (payload ->> 'position')::bigint AS position, (payload ->> 'turn')::bigint AS turn, (payload ->> 'row')::uuid AS row
FROM delivery
WHERE destination = $1 AND payload ? 'position'
    AND (state IN ('waiting', 'behind', 'sending') OR (state = 'dead' AND ended_at >= $2))
ORDER BY 1, 2, 3
LIMIT 1
"""


async def put(subscription: Subscription) -> None:
    """Keep a subscription as it stands."""
    replay = subscription.replay
    await execute(
        _PUT,
        subscription.id,
        subscription.organisation,
        subscription.name,
        subscription.url,
        msgspec.json.encode(subscription.wanted).decode(),
        subscription.state,
        subscription.why,
        subscription.state_at,
        subscription.made_at,
        subscription.failing_since,
        msgspec.json.encode(replay).decode() if replay else None,
    )


async def delete(identifier: UUID, now: datetime) -> None:
    """Forget a subscription but for its row, and all its secrets."""
    await execute("DELETE FROM webhook_secret WHERE subscription = $1", identifier)
    await execute(
        "UPDATE webhook_subscription SET state = 'deleted', why = NULL, state_at = $2, replay = NULL WHERE id = $1",
        identifier,
        now,
    )


async def find(identifier: UUID) -> Subscription | None:
    """Find a subscription that was not deleted."""
    row = await fetch_row(_FIND, identifier)
    return _subscription(row) if row else None


async def lock(identifier: UUID) -> Subscription | None:
    """Find and hold a subscription, so that nobody else changes it before this unit of work ends."""
    row = await fetch_row(_LOCK, identifier)
    return _subscription(row) if row else None


async def listed(organisations: Collection[str] | None, after: UUID | None, limit: int) -> list[Subscription]:
    """List subscriptions of organisations (None: of all), newest first."""
    given = None if organisations is None else sorted(organisations)
    return [_subscription(row) for row in await fetch(_LISTED, given, after, limit)]


async def places() -> list[tuple[Subscription, Cursor]]:
    """List those that are called, each with how far it has followed the feed."""
    return [
        (_subscription(row), msgspec.json.decode(row["cursor"], type=Cursor)) for row in await fetch(_PLACES)
    ]


async def active() -> list[Subscription]:
    """List those that are called."""
    return [_subscription(row) for row in await fetch(_ACTIVE)]


async def count_of(organisation: str) -> int:
    """Count the subscriptions of an organisation, holding their number until this unit of work ends."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || $1, 0))", organisation)
    counted: int = await fetch_value(
        "SELECT count(*) FROM webhook_subscription WHERE organisation = $1 AND state <> 'deleted'",
        organisation,
    )
    return counted


async def disabled_of(organisations: Collection[str] | None) -> int:
    """Count those that the system itself disabled."""
    counted: int = await fetch_value(
        "SELECT count(*) FROM webhook_subscription WHERE state = 'disabled' AND why <> 'person'"
        " AND ($1::text[] IS NULL OR organisation = ANY($1))",
        None if organisations is None else sorted(organisations),
    )
    return counted


async def note_failing(identifier: UUID, since: datetime | None) -> None:
    """Keep since when a receiver has failed."""
    await execute("UPDATE webhook_subscription SET failing_since = $2 WHERE id = $1", identifier, since)


async def end_replay(identifier: UUID, asked_at: datetime) -> None:
    """Note that all was sent again that was asked for then."""
    await execute(
        "UPDATE webhook_subscription SET replay = NULL"
        " WHERE id = $1 AND (replay ->> 'asked_at')::timestamptz = $2",
        identifier,
        asked_at,
    )


async def add_secret(subscription: UUID, secret: Secret) -> None:
    """Keep a secret."""
    await execute(
        "INSERT INTO webhook_secret (id, subscription, sealed, made_at, valid_until) VALUES ($1, $2, $3, $4, $5)",
        secret.id,
        subscription,
        secret.sealed,
        secret.made_at,
        secret.valid_until,
    )


async def secrets_of(subscription: UUID) -> list[Secret]:
    """Give the secrets of a subscription, also those that sign no more."""
    rows = await fetch(
        "SELECT id, sealed, made_at, valid_until FROM webhook_secret WHERE subscription = $1 ORDER BY made_at, id",
        subscription,
    )
    return [Secret(**dict(row)) for row in rows]


async def end_secrets(subscription: UUID, until: datetime, now: datetime) -> None:
    """Let the newest secret sign until an instant; those before it end now."""
    await execute(
        "DELETE FROM webhook_secret"
        " WHERE subscription = $1 AND (valid_until IS NOT NULL OR $2::timestamptz <= $3::timestamptz)",
        subscription,
        until,
        now,
    )
    await execute("UPDATE webhook_secret SET valid_until = $2 WHERE subscription = $1", subscription, until)


async def states_of(destination: UUID, messages: Sequence[UUID]) -> dict[UUID, str]:
    """Tell how those of these messages stand that a destination has had."""
    rows = await fetch(
        "SELECT message, state FROM delivery WHERE id = ANY($1::uuid[])",
        [delivery_of(destination, each) for each in messages],
    )
    return {row["message"]: row["state"] for row in rows}


async def oldest_undelivered(destination: UUID, given_up_since: datetime) -> Cursor | None:
    """Give the cursor just before the first event that has not arrived."""
    row = await fetch_row(_OLDEST, destination, given_up_since)
    if row is None:
        return None
    return Cursor(row["position"], row["turn"], UUID(int=max(0, row["row"].int - 1)), "")


def _subscription(row: Any) -> Subscription:
    values = {name.strip(): row[name.strip()] for name in _COLUMNS.split(",")}
    wanted = msgspec.json.decode(values.pop("wanted"), type=Wanted)
    replay = values.pop("replay")
    return Subscription(
        **values, wanted=wanted, replay=msgspec.json.decode(replay, type=Replay) if replay else None
    )
