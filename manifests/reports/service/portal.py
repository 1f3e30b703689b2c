"""The queue towards the national portal (R32): what it has not acknowledged, what it refused, how far it is.

Nothing here speaks to the portal. A connector reads the queue, sends, and says what was answered.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from manifests.reports import repository
from manifests.reports.repository import PortalError, Waiting
from manifests.reports.rules.definitions import REASONS, Missing
from manifests.reports.rules.indicators import rate
from manifests.reports.rules.portal import PortalReceipt
from postal.db import unit_of_work
from postal.errors import NotFound
from postal.identity.rules import Actor


class PortalFigures(Struct, frozen=True, kw_only=True):
    """How far the portal knows what we know. `rate` is absent where it never answered, and `why` says so."""

    dossiers: int
    synchronised: int
    waiting: int
    refused: int
    rate: str | None
    why_vi: str | None
    why_en: str | None
    errors: list[PortalError]


async def queue(actor: Actor, after: tuple[datetime, str] | None, limit: int) -> list[Waiting]:
    """List the dossiers that the actor sees and whose status the portal does not know yet."""
    return await repository.waiting_for_portal(actor, after, limit)


async def figures(actor: Actor) -> PortalFigures:
    """Count what is synchronised, what waits, what was refused and why."""
    counted = await repository.portal_figures(actor)
    answered = await repository.anything_synchronised()
    share = rate(counted["synchronised"], counted["dossiers"]) if answered else None
    why = None
    if share is None:
        why = REASONS[Missing.NOTHING if answered else Missing.NOT_SYNCED]
    return PortalFigures(
        **counted,
        rate=None if share is None else str(share),
        why_vi=why[0] if why else None,
        why_en=why[1] if why else None,
        errors=await repository.portal_errors(actor),
    )


async def receive(receipts: Sequence[PortalReceipt], *, actor: Actor, now: datetime) -> PortalFigures:
    """Keep what the portal answered; all of it, or nothing where one dossier is not the actor's to speak of."""
    codes = {each.dossier for each in receipts}
    async with unit_of_work():
        unseen = codes - await repository.seen_dossiers(codes, actor)
        if unseen:
            raise NotFound(
                "report.portal_dossier",
                vi=f"Không tìm thấy hồ sơ {min(unseen)}",
                en=f"There is no dossier {min(unseen)}",
                pointer="/receipts",
            )
        await repository.add_portal_receipts(receipts, actor.id, now)
    return await figures(actor)
