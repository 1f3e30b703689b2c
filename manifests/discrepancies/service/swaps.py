"""Swaps: finding them among the open cases, and settling every case of one at once."""

from datetime import datetime
from uuid import UUID

from manifests.discrepancies import repository
from manifests.discrepancies.rules import SWAPPED, Discrepancy, Swap, as_seen, swaps_among
from manifests.discrepancies.service.records import resolving
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.service import record


async def list_swaps(actor: Actor) -> list[Swap]:
    """List the swaps that the actor has a case of, each as far as the actor may see it."""
    swaps, visible = await _found(actor)
    known = await repository.party_of({code for swap in swaps for code in swap.manifests}, actor)
    return [seen for swap in swaps if (seen := as_seen(swap, visible, known)) is not None]


async def swap_of(discrepancy: UUID, actor: Actor) -> Swap | None:
    """Give the swap that explains a case, if there is one."""
    await repository.get(discrepancy, actor)
    return next((swap for swap in await list_swaps(actor) if discrepancy in swap.cases), None)


async def settle(discrepancy: UUID, *, actor: Actor, now: datetime) -> list[Discrepancy]:
    """Settle every case of a swap in one unit of work; for a party of both manifests."""
    proposed = await swap_of(discrepancy, actor)
    if proposed is None:
        raise Conflict(
            "discrepancy.no_swap",
            vi="Chưa thấy bảng kê nào khác giải thích được chênh lệch này",
            en="No other manifest explains this discrepancy so far",
        )
    if actor.organisation is None or not proposed.yours:
        raise Forbidden(
            "discrepancy.swap_not_yours",
            vi="Việc hoán đổi liên quan bảng kê của đơn vị khác; bên có mặt ở cả hai bảng kê mới giải quyết được",
            en="The swap concerns manifests of others; a party of both settles it",
        )
    async with unit_of_work():
        await lock_codes(proposed.manifests)
        # What others did to the cases before the lock was ours.
        if await swap_of(discrepancy, actor) != proposed:
            raise Conflict(
                "discrepancy.swap_changed",
                vi="Vụ việc vừa thay đổi, hãy xem lại rồi giải quyết",
                en="The cases have just changed; look again before settling them",
            )
        cases = [await repository.get(case, actor) for case in proposed.cases]
        await record(
            [
                resolving(
                    case,
                    SWAPPED,
                    organisation=actor.organisation,
                    person=actor.person,
                    now=now,
                    swap=proposed.id,
                )
                for case in cases
            ]
        )
        return [await repository.get(case, actor) for case in proposed.cases]


async def _found(actor: Actor) -> tuple[tuple[Swap, ...], set[UUID]]:
    crossed = await repository.crossed_cases(actor)
    homes = await repository.homes_of({one.case.piece for one in crossed})
    return swaps_among([one.case for one in crossed], homes), {one.case.id for one in crossed if one.yours}
