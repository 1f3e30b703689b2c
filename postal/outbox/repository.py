"""Every SQL statement of the outbox.

`machine` is the machine's own time: leases and pauses pass by it even where the system's clock is simulated and stands.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.outbox.rules import Backlog, Claim, Listed, Message

ADD = load_sql(__package__, "add.sql")
CLAIM = load_sql(__package__, "claim.sql")
BEGIN = load_sql(__package__, "begin.sql")
BACKLOG = load_sql(__package__, "backlog.sql")


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
    return [Claim(row["id"], row["overdue"]) for row in sorted(rows, key=lambda row: row["position"])]


async def begin(identifier: UUID, until: datetime) -> Message | None:
    """Count one more attempt; None when the message has ended or is being run elsewhere at this moment."""
    row = await fetch_row(BEGIN, identifier, until)
    if row is None:
        return None
    payload = msgspec.json.decode(row["payload"])
    return Message(id=row["id"], topic=row["topic"], payload=payload, attempt=row["attempts"])


async def hold(identifier: UUID) -> bool:
    """Lock a live message until the transaction ends; False when it has ended or another holds it."""
    found = await fetch_value(
        "SELECT TRUE FROM outbox WHERE id = $1 AND done_at IS NULL AND dead_at IS NULL FOR UPDATE SKIP LOCKED",
        identifier,
    )
    return found is not None


async def finish(identifier: UUID, machine: datetime) -> None:
    """Mark a message as done."""
    await execute(
        "UPDATE outbox SET done_at = $2, leased_until = NULL, error = NULL WHERE id = $1", identifier, machine
    )


async def postpone(identifier: UUID, error: str, available_at: datetime) -> None:
    """Let a failed message wait."""
    await execute(
        "UPDATE outbox SET error = $2, available_at = $3, leased_until = NULL"
        " WHERE id = $1 AND done_at IS NULL AND dead_at IS NULL",
        identifier,
        error,
        available_at,
    )


async def bury(identifier: UUID, error: str, machine: datetime) -> None:
    """Give a message up; it stays until a person looks at it."""
    await execute(
        "UPDATE outbox SET error = $2, dead_at = $3, leased_until = NULL WHERE id = $1 AND done_at IS NULL",
        identifier,
        error,
        machine,
    )


async def revive(identifiers: Sequence[UUID], machine: datetime) -> int:
    """Make dead messages due again from their first attempt; gives how many there were."""
    rows = await fetch(
        "UPDATE outbox SET dead_at = NULL, error = NULL, attempts = 0, available_at = $2"
        " WHERE id = ANY($1) AND dead_at IS NOT NULL RETURNING id",
        list(identifiers),
        machine,
    )
    return len(rows)


async def forget_done(before: datetime) -> int:
    """Delete messages that were done before an instant; gives how many."""
    return len(await fetch("DELETE FROM outbox WHERE done_at < $1 RETURNING id", before))


async def backlog() -> Backlog:
    """Count what is not done."""
    row = await fetch_row(BACKLOG)
    if row is None:
        return Backlog(waiting=0, failing=0, dead=0, oldest=None)
    return Backlog(waiting=row["waiting"], failing=row["failing"], dead=row["dead"], oldest=row["oldest"])


async def list_live(*, dead: bool, limit: int) -> list[Listed]:
    """List what is not done, without payloads: the dead, or those that still wait."""
    rows = await fetch(
        "SELECT id, topic, key, created_at, available_at, attempts, leased_until, dead_at, error FROM outbox"
        " WHERE done_at IS NULL AND (dead_at IS NOT NULL) = $1 ORDER BY position LIMIT $2",
        dead,
        limit,
    )
    return [Listed(**dict(row)) for row in rows]
