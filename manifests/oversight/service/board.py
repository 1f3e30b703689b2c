"""The board of discrepancies: what is in which column, and taking a case on."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies import service as cases
from manifests.discrepancies.rules import LOSSES, Discrepancy, Reason, Swap
from manifests.oversight import repository
from manifests.oversight.repository import Filter, Placed
from manifests.oversight.rules import Column
from postal.errors import Unprocessable
from postal.identity.rules import Actor
from postal.network.rules import local_day

IN_A_COLUMN = 8
ON_A_PAGE = 60


class Listed(Struct, frozen=True):
    """A column: its first cases, how many there are in all, and where the page after begins."""

    column: Column
    cases: list[Discrepancy]
    together: int
    following: tuple[float, UUID] | None


class Board(Struct, frozen=True, kw_only=True):
    """The columns in their order, the swaps that explain cases, and the endings that need no proof, by class."""

    columns: list[Listed]
    swaps: dict[UUID, Swap]
    endings: dict[str, list[Reason]]


async def board_of(actor: Actor, wanted: Filter, *, after: tuple[float, UUID] | None, now: datetime) -> Board:
    """Show the cases of which the actor is a party; of one column more of it."""
    limit = IN_A_COLUMN if wanted.column is None else ON_A_PAGE
    found = await repository.placed_cases(actor, wanted, now, after, limit + 1)
    shown = [wanted.column] if wanted.column is not None else list(Column)
    swaps = {case: swap for swap in await cases.list_swaps(actor) for case in swap.cases} if found else {}
    return Board(
        columns=[_listed(column, [one for one in found if one.column is column], limit) for column in shown],
        swaps=swaps,
        endings=_endings(await discrepancies.reasons_at(local_day(now))),
    )


async def take(discrepancy: UUID, *, actor: Actor, now: datetime) -> Discrepancy:
    """Take a case on: give it to the person who asks."""
    if actor.person is None:
        await discrepancies.get(discrepancy, actor)
        raise Unprocessable(
            "oversight.nobody",
            vi="Chỉ người đăng nhập mới nhận xử lý được; khóa truy cập không phải là người",
            en="Only somebody who signed in takes a case on; a key is nobody",
        )
    return await cases.assign(discrepancy, organisation=None, person=actor.person, actor=actor, now=now)


def _listed(column: Column, found: list[Placed], limit: int) -> Listed:
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return Listed(
        column,
        [one.case for one in shown],
        found[0].together if found else 0,
        (last.rank, last.case.id) if last else None,
    )


def _endings(reasons: dict[str, Reason]) -> dict[str, list[Reason]]:
    # That a piece is gone for good is nothing for one click.
    enough = [
        reason
        for reason in reasons.values()
        if reason.by_hand and not reason.requires and reason.code not in LOSSES
    ]
    classes = {name for reason in enough for name in reason.classes}
    return {name: [reason for reason in enough if name in reason.classes] for name in classes}
