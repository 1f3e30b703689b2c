"""Taking back what was stated of a case a moment ago: a correcting row, never a deletion."""

from datetime import datetime
from uuid import UUID

from postal.db import unit_of_work
from postal.identity.rules import Actor
from postal.ledger import service as ledger
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Stream
from shipments.custody import repository as custody
from shipments.custody.rules import Phase
from shipments.dossiers import judging, projection, repository
from shipments.dossiers.rules import CASE_CORRECTED, refuse_undo
from shipments.pieces.rules import result_code


async def undo(code: str, event: UUID, *, listed: bool, actor: Actor, now: datetime) -> None:
    """Take back one event of a case; `listed` tells that its result is on a manifest, which we do not know here.

    A second call changes nothing: the event counts no more, so there is no such event.
    """
    async with unit_of_work():
        await lock_codes([code, result_code(code)])
        dossier = await repository.get(code, actor)
        judging.refuse_other_agency(dossier, actor)
        moved = listed or await _has_left(result_code(code))
        taken = refuse_undo(await projection.events(code), event, actor.sees, now, moved=moved)
        row = ledger.authored(
            stream=Stream.RECORD,
            kind=CASE_CORRECTED,
            code=code,
            occurred_at=now,
            now=now,
            actor_organisation=taken.organisation,
            person=actor.person,
            body={"corrects": str(taken.id), "kind": taken.kind.value, "reason": "slip"},
        )
        await ledger.record([row])


async def _has_left(result: str) -> bool:
    held = (await custody.find_many([result])).get(result)
    return held is not None and (held.phase is not Phase.REGISTERED or held.container is not None)
