"""Rows of feedback for the ledger: codes and commitments, nobody's words."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from postal.identity.rules import Actor
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored

SALT_BYTES = 16


def row_of(
    row_id: UUID,
    kind: str,
    code: str,
    body: Mapping[str, object],
    at: datetime,
    actor: Actor | None,
    now: datetime,
) -> Row:
    """Make a row; absent values are left out."""
    return authored(
        id=row_id,
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=at,
        now=now,
        actor_organisation=actor.organisation if actor else None,
        person=actor.person if actor else None,
        body={name: value for name, value in body.items() if value is not None},
    )
