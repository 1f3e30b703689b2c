"""One statement for many dossiers, each judged by itself, and taking it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from manifests.desks.repository import batches, today
from manifests.desks.rules.batches import Batch, Outcome
from manifests.desks.rules.tasks import MOST_AT_ONCE
from postal.db import unit_of_work
from postal.errors import Forbidden, PostalError, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from shipments.dossiers import service as dossiers
from shipments.dossiers import undoing
from shipments.dossiers.rules import CaseKind
from shipments.dossiers.service import Statement
from shipments.pieces.rules import result_code

ALLOWED = frozenset({CaseKind.RECEIVED, CaseKind.COMPLETED, CaseKind.RESULT_AT_DESK})


async def state_all(
    batch: UUID, act: CaseKind, picked: Sequence[str], *, actor: Actor, now: datetime
) -> Batch:
    """State one event of many dossiers; what one of them refuses does not hold up the others."""
    codes = sorted(set(picked))
    _refuse_unfit(act, codes, actor)
    async with unit_of_work():
        # All at once, so that two people who do overlapping lots wait for each other in one order.
        await lock_codes([code for each in codes for code in (each, result_code(each))])
    outcomes = []
    for code in codes:
        try:
            async with unit_of_work():
                event = await dossiers.state_within(code, Statement(kind=act), actor=actor, now=now)
            outcomes.append(Outcome(dossier=code, event=event))
        except PostalError as refused:
            outcomes.append(Outcome(dossier=code, refused=(refused.vi, refused.en)))
    made = Batch(
        id=batch,
        organisation=actor.organisation or "",
        person=actor.person,
        act=act,
        at=now,
        outcomes=tuple(outcomes),
    )
    async with unit_of_work():
        await batches.add(made)
    return made


async def state_one(act: CaseKind, code: str, *, actor: Actor, now: datetime) -> Batch:
    """State an event of one dossier so that it may be taken back; what is refused is raised."""
    async with unit_of_work():
        event = await dossiers.state_within(code, Statement(kind=act), actor=actor, now=now)
        made = Batch(
            id=new_id(now),
            organisation=actor.organisation or "",
            person=actor.person,
            act=act,
            at=now,
            outcomes=(Outcome(dossier=code, event=event),),
        )
        await batches.add(made)
    return made


async def take_back(batch: UUID, *, actor: Actor, now: datetime) -> Batch:
    """Take back what a batch stated, as far as each case still allows."""
    found = await batches.get(batch, actor)
    undone = []
    for each in found.done:
        if each.event is None:
            continue
        try:
            listed = await today.on_manifests([each.dossier]) > 0
            await undoing.undo(each.dossier, each.event, listed=listed, actor=actor, now=now)
            undone.append(each)
        except PostalError as refused:
            undone.append(Outcome(dossier=each.dossier, refused=(refused.vi, refused.en)))
    async with unit_of_work():
        await batches.note_undone(batch, undone, now)
    return await batches.get(batch, actor)


def _refuse_unfit(act: CaseKind, codes: Sequence[str], actor: Actor) -> None:
    if actor.organisation is None:
        raise Forbidden(
            "desk.no_organisation", vi="Tài khoản không thuộc đơn vị nào", en="You act for no organisation"
        )
    if act not in ALLOWED:
        raise Unprocessable("desk.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")
    if not codes:
        raise Unprocessable(
            "desk.nothing_picked",
            vi="Chưa chọn hồ sơ nào: đánh dấu ở đầu dòng rồi bấm lại",
            en="No dossier is picked: tick the rows, then press again",
            pointer="/pick",
        )
    if len(codes) > MOST_AT_ONCE:
        raise Unprocessable(
            "desk.too_many",
            vi=f"Mỗi lần tối đa {MOST_AT_ONCE} hồ sơ",
            en=f"At most {MOST_AT_ONCE} dossiers at once",
            pointer="/pick",
        )
