"""Recording what becomes of a request: one row, behind the lock of its code."""

from collections.abc import Mapping
from datetime import datetime

from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from shipments.privacy import repository
from shipments.privacy.rules import Kind, Request, refuse_move


async def move(
    request: Request, kind: str, body: Mapping[str, object], of: Kind | None, actor: Actor, now: datetime
) -> None:
    """Record a move in the open unit of work, judged again behind the lock."""
    await lock_codes([request.code])
    refuse_move(await repository.find(request.code) or request, kind, of)
    await note(request.code, kind, body, actor, now)


async def note(code: str, kind: str, body: Mapping[str, object], actor: Actor, now: datetime) -> None:
    """Record one row about a request."""
    row = authored(
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=actor.organisation,
        person=actor.person,
        body=body,
    )
    await record([row])
