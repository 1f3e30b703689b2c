"""Making drafts from what waits."""

from datetime import datetime

from manifests.manifests import repository as manifests
from manifests.manifests import service as drafting
from manifests.manifests.rules import Manifest, draft_of
from manifests.planning import repository
from manifests.planning.rules import Group, bound_for, group, next_party
from postal.db import unit_of_work
from postal.errors import Forbidden, Unprocessable
from postal.identity.rules import Actor
from postal.network import repository as network

MOST_PIECES = 5_000


async def plan(
    *,
    giver: str | None,
    receiver: str | None,
    carrier: str | None,
    cut_off: datetime | None,
    max_items: int | None,
    actor: Actor,
    now: datetime,
) -> tuple[list[Manifest], int]:
    """Make drafts of what waits at a giver, one receiver each; gives them and how many pieces were left over.

    Two planners at once share the pieces between them: whoever puts a piece on a draft first has it.
    """
    giver = giver or actor.organisation
    if giver is None or giver not in actor.sees:
        raise Forbidden(
            "manifest.not_giver", vi="Chỉ bên giao lập được bảng kê", en="Only the giver makes a manifest"
        )
    kinds = await network.find_many({one for one in (giver, receiver, carrier) if one})
    for pointer, code in (("/receiver", receiver), ("/carrier", carrier)):
        if code is not None and code not in kinds:
            raise Unprocessable(
                "manifest.party_unknown",
                vi=f"Không có đơn vị {code}",
                en=f"There is no organisation {code}",
                pointer=pointer,
            )
    waiting = await repository.waiting_at(giver, MOST_PIECES)
    giver_kind = kinds[giver].kind if giver in kinds else None
    receiver_kind = kinds[receiver].kind if receiver else None
    found = [(piece, next_party(piece, giver, giver_kind, receiver, receiver_kind)) for piece in waiting]
    groups = group([(piece, party) for piece, party in found if party is not None], max_items)
    planned = []
    for each in groups:
        draft = draft_of(
            giver=giver,
            receiver=each.receiver,
            carrier=carrier,
            route=None,
            cut_off=cut_off,
            note=None,
            created_at=now,
        )
        # One unit of work a draft: pieces are locked in their order, which differs from draft to draft.
        async with unit_of_work():
            if code := await _draft(draft, each):
                planned.append(code)
    made = await manifests.find_many(planned)
    left = sum(party is None and bound_for(piece) != giver for piece, party in found)
    return [made[code] for code in planned], left


async def _draft(draft: Manifest, pieces: Group) -> str | None:
    added = await drafting.add(draft)
    taken = await manifests.put_lines(added.code, pieces.pieces)
    if taken:
        free = [piece for piece in pieces.pieces if piece not in taken]
        await manifests.put_lines(added.code, free)
        if not free:
            await manifests.drop_draft(added.code)
            return None
    return added.code
