"""What was done to many dossiers at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from manifests.desks.rules.batches import Batch, Outcome
from postal.db import execute, fetch_row
from postal.errors import NotFound
from postal.identity.rules import Actor

_ADD = """
INSERT INTO desk_batch (id, organisation, person, act, at, outcomes) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
"""


async def add(batch: Batch) -> None:
    """Keep a batch."""
    outcomes = msgspec.json.encode(batch.outcomes).decode()
    await execute(_ADD, batch.id, batch.organisation, batch.person, batch.act.value, batch.at, outcomes)


async def note_undone(batch: UUID, undone: Sequence[Outcome], now: datetime) -> None:
    """Note what became of taking a batch back."""
    await execute(
        "UPDATE desk_batch SET undone_at = $2, undone = $3::jsonb WHERE id = $1 AND undone_at IS NULL",
        batch,
        now,
        msgspec.json.encode(undone).decode(),
    )


async def get(batch: UUID, actor: Actor) -> Batch:
    """Get a batch of the actor's organisation; absent and another's are alike."""
    row = await fetch_row(
        "SELECT * FROM desk_batch WHERE id = $1 AND organisation = ANY($2::text[])", batch, sorted(actor.sees)
    )
    if row is None:
        raise NotFound("desk.batch_not_found", vi="Không tìm thấy lần xử lý này", en="There is no such batch")
    return _batch(row)


def _batch(row: Any) -> Batch:
    fields = dict(row)
    for name in ("outcomes", "undone"):
        fields[name] = msgspec.json.decode(fields[name] or "[]", type=tuple[Outcome, ...])
    return msgspec.convert(fields, Batch)
