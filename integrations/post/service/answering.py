"""Our answers to announced despatches: the reconciliation of the system, said in the words of the message."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from integrations.partners.rules import Partner
from integrations.post.repository import despatches as repository
from integrations.post.repository.despatches import Despatch
from integrations.post.rules.despatches import (
    OUTCOMES,
    Answer,
    AnswerLine,
    answer_of,
    is_final,
    says_the_same,
)
from manifests.manifests import repository as manifests
from manifests.manifests.rules import Manifest, ManifestLine, State
from manifests.reconciliation import repository as reconciled
from manifests.reconciliation.rules import Reconciliation
from manifests.reconciliation.service import judge, judge_by_rows
from postal.errors import Conflict, Forbidden
from postal.identity.rules import Actor
from shipments.custody import repository as custody
from shipments.pieces import repository as pieces

__all__ = ["OUTCOMES", "answer", "ask", "concerned", "standing"]

SETTLED = frozenset({State.RECONCILED, State.CLOSED})


async def standing(despatch: Despatch, now: datetime) -> tuple[Reconciliation, Manifest | None]:
    """Reconcile what was announced: by the manifest of that number, else by the announced list as if it were one."""
    ours = (await manifests.find_many([despatch.number])).get(despatch.number)
    if ours is not None and ours.sealed_at is not None:
        return (await judge(ours, now=now))[0], ours
    listed = await _as_manifest(despatch)
    return (await judge_by_rows(listed, at=now, past=False))[0], None


async def _as_manifest(despatch: Despatch) -> Manifest:
    """Give the announced list the shape that the rules of reconciliation read; nothing of it is stored."""
    announced = despatch.announcement
    bags = {bag.code for bag in announced.receptacles}
    # What a bag holds is known here only if it was packed here: else each item must show itself.
    known = bags & (await pieces.find_many(bags)).keys()
    loose = [each.piece for each in announced.items if each.receptacle not in known]
    return Manifest(
        code=despatch.number,
        state=State.DISPATCHED,
        giver=despatch.giver,
        receiver=despatch.receiver,
        carrier=None,
        route=None,
        cut_off=None,
        note=None,
        created_at=despatch.announced_at,
        sealed_at=despatch.announced_at,
        dispatched_at=despatch.announced_at,
        line_count=len(known) + len(loose),
        lines=tuple(
            ManifestLine(n=n, piece=piece, open=True) for n, piece in enumerate([*sorted(known), *loose], 1)
        ),
    )


async def answer(
    identifier: UUID, partner: Partner, actor: Actor, now: datetime, *, overdue: bool = False
) -> Answer | None:
    """Answer a despatch if there is something new to say, within the caller's unit of work; give the answer kept."""
    del partner
    despatch = await repository.lock(identifier)
    said = await repository.answers(identifier, despatch.number)
    last = said[-1] if said else None
    result, manifest = await standing(despatch, now)
    found = await _masked(answer_of(despatch.number, last, result, now), last, actor)
    if last is None:
        settled = manifest.state in SETTLED if manifest else is_final(found)
        if not (settled or overdue or despatch.asked):
            return None
    elif says_the_same(found, last):
        return None
    await repository.add_answer(identifier, found, final=is_final(found), now=now)
    return found


async def _masked(found: Answer, last: Answer | None, actor: Actor) -> Answer:
    """Tell nothing of pieces that the partner may not see, beyond what was received under its own number.

    Whoever announces codes at random would otherwise learn which of them the receiver has.
    """
    codes = [line.piece for line in found.lines]
    hidden = set(await pieces.find_many(codes)) - await custody.visible(codes, actor)
    under = await reconciled.scanned_under(found.despatch) if hidden else set[str]()
    then = {line.piece: line.outcome for line in last.lines} if last else None
    return replace(
        found,
        lines=tuple(
            _hidden(line, then, received=line.piece in under) if line.piece in hidden else line
            for line in found.lines
        ),
    )


def _hidden(line: AnswerLine, then: dict[str, str] | None, *, received: bool) -> AnswerLine:
    if received:
        return replace(line, belongs_to=None)
    before = None if then is None or then.get(line.piece) == "missing" else then.get(line.piece, "none")
    return AnswerLine(piece=line.piece, outcome="missing", before=before)


async def ask(identifier: UUID, *, actor: Actor) -> Despatch:
    """Let the receiver have the answer sent as it stands now."""
    despatch = await repository.get(identifier, actor)
    if despatch.receiver not in actor.sees or despatch.direction != "in":
        raise Forbidden(
            "despatch.not_receiver",
            vi="Chỉ bên nhận trả lời được chuyến này",
            en="Only the receiver answers this despatch",
        )
    if despatch.final:
        raise Conflict(
            "despatch.settled",
            vi="Chuyến này đã trả lời xong",
            en="This despatch has been answered for good",
        )
    await repository.ask(identifier)
    return despatch


async def concerned(codes: Collection[str]) -> list[UUID]:
    """Find the announced despatches that rows about these codes may change the answer of."""
    return await repository.concerned(codes)
