"""Every SQL statement of the outbox.

`machine` is the machine's own time: leases and pauses pass by it even where the system's clock is simulated and stands.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.outbox.rules import Backlog, Claim, Listed, Message, TopicBacklog

ADD = load_sql(__package__, "add.sql")
CLAIM = load_sql(__package__, "claim.sql")
BEGIN = load_sql(__package__, "begin.sql")
BY_TOPIC = load_sql(__package__, "by_topic.sql")
BACKLOG = load_sql(__package__, "backlog.sql")
REVIVE = load_sql(__package__, "revive.sql")
TAKE_ALONG = load_sql(__package__, "take_along.sql")


async def add(
    identifier: UUID,
    topic: str,
    key: str | None,
    payload: dict[str, Any],
    *,
    now: datetime,
    machine: datetime,
) -> None:
    """Keep one message, due at once."""
    await execute(ADD, identifier, topic, key, msgspec.json.encode(payload).decode(), now, machine)


async def claim(machine: datetime, until: datetime, limit: int) -> list[Claim]:
    """Lease messages that are due, oldest first; what another process holds is passed over."""
    rows = await fetch(CLAIM, machine, until, limit)
    return [
        Claim(
            id=row["id"],
            overdue=row["overdue"],
            unended=row["unended"],
            attempts=row["attempts"],
            lost=row["lost"],
        )
        for row in sorted(rows, key=lambda row: row["position"])
    ]


async def begin(
    identifier: UUID, machine: datetime, until: datetime, *, suspects: bool = False
) -> Message | None:
    """Count one more attempt; None when the message has ended, must wait, or is being run elsewhere.

    Messages with a run that never ended begin only for whoever takes `suspects`.
    """
    row = await fetch_row(BEGIN, identifier, machine, until, suspects)
    if row is None:
        return None
    payload = msgspec.json.decode(row["payload"])
    return Message(id=row["id"], topic=row["topic"], payload=payload, attempt=row["attempts"])


async def hold(identifier: UUID, attempt: int) -> bool:
    """Lock a message until the transaction ends; False unless this attempt is its newest and it is live."""
    found = await fetch_value(
        "SELECT TRUE FROM outbox WHERE id = $1 AND attempts = $2 AND running_until IS NOT NULL"
        " AND done_at IS NULL AND dead_at IS NULL FOR UPDATE SKIP LOCKED",
        identifier,
        attempt,
    )
    return found is not None


async def finish(identifiers: Sequence[UUID], machine: datetime) -> None:
    """Mark messages as done."""
    if identifiers:
        await execute(
            "UPDATE outbox SET done_at = $2, leased_until = NULL, running_until = NULL, error = NULL"
            " WHERE id = ANY($1::uuid[])",
            list(identifiers),
            machine,
        )


async def take_along(topic: str, machine: datetime, limit: int) -> list[tuple[UUID, dict[str, Any]]]:
    """Lock messages of a topic that wait unbegun and in no order; those that are being run are passed over."""
    rows = await fetch(TAKE_ALONG, topic, machine, limit)
    return [(row["id"], msgspec.json.decode(row["payload"])) for row in rows]


async def let_go(identifier: UUID, attempt: int) -> None:
    """End the lease of a run that was broken off in order; it was no attempt of the message's own."""
    await execute(
        "UPDATE outbox SET leased_until = NULL, running_until = NULL, attempts = attempts - 1"
        " WHERE id = $1 AND attempts = $2 AND done_at IS NULL AND dead_at IS NULL",
        identifier,
        attempt,
    )


async def give_back(identifiers: Sequence[UUID]) -> None:
    """End the leases of messages that were claimed and not begun."""
    await execute(
        "UPDATE outbox SET leased_until = NULL"
        " WHERE id = ANY($1::uuid[]) AND running_until IS NULL AND done_at IS NULL AND dead_at IS NULL",
        list(identifiers),
    )


async def postpone(identifier: UUID, attempt: int, error: str, available_at: datetime) -> None:
    """Let a failed message wait, unless a newer attempt has begun meanwhile."""
    await execute(
        "UPDATE outbox SET error = $3, available_at = $4, leased_until = NULL, running_until = NULL"
        " WHERE id = $1 AND attempts = $2 AND done_at IS NULL AND dead_at IS NULL",
        identifier,
        attempt,
        error,
        available_at,
    )


async def bury(identifier: UUID, attempt: int, error: str, machine: datetime) -> None:
    """Give a message up, unless a newer attempt has begun meanwhile; it stays until a person looks at it."""
    await execute(
        "UPDATE outbox SET error = $3, dead_at = $4, leased_until = NULL, running_until = NULL"
        " WHERE id = $1 AND attempts = $2 AND done_at IS NULL AND dead_at IS NULL",
        identifier,
        attempt,
        error,
        machine,
    )


async def revive(identifiers: Sequence[UUID] | None, machine: datetime) -> int:
    """Make dead messages (None: all of them) due again from their first attempt; gives how many there were.

    They come behind everything that was written for their keys meanwhile.
    """
    return len(await fetch(REVIVE, None if identifiers is None else list(identifiers), machine))


async def forget_done(before: datetime) -> int:
    """Delete messages that were done before an instant; gives how many."""
    return len(await fetch("DELETE FROM outbox WHERE done_at < $1 RETURNING id", before))


async def backlog() -> Backlog:
    """Count what is not done."""
    row = await fetch_row(BACKLOG)
    if row is None:
        return Backlog(waiting=0, failing=0, dead=0, oldest=None)
    return Backlog(waiting=row["waiting"], failing=row["failing"], dead=row["dead"], oldest=row["oldest"])


async def by_topic() -> list[TopicBacklog]:
    """Count what is not done of each topic; a topic with dead messages has a second entry for them."""
    return [TopicBacklog(**dict(row)) for row in await fetch(BY_TOPIC)]


async def list_live(*, dead: bool, limit: int) -> list[Listed]:
    """List what is not done, without payloads: the dead, or those that still wait."""
    rows = await fetch(
        "SELECT id, topic, key, created_at, available_at, attempts, lost, leased_until, dead_at, error"
        " FROM outbox WHERE done_at IS NULL AND (dead_at IS NOT NULL) = $1 ORDER BY position LIMIT $2",
        dead,
        limit,
    )
    return [Listed(**dict(row)) for row in rows]
