"""How far partners were told: what waits, what failed, how late it is."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from integrations.deliveries import service as deliveries
from integrations.deliveries.rules import DestinationState
from integrations.partners.rules import Partner
from integrations.portal import repository
from integrations.portal.repository import Told
from integrations.portal.rules import settings_of
from integrations.portal.service.sending import listening
from postal.identity.rules import Actor

Standing = Literal["fresh", "late", "stopped", "idle"]


class Watched(Struct, frozen=True, kw_only=True):
    """One partner: its queue, how far it was told, and how late it is against what was agreed."""

    partner: Partner
    state: DestinationState | None
    told: Told | None
    lag: timedelta
    within: timedelta
    standing: Standing


async def watch(actor: Actor, now: datetime) -> list[Watched]:
    """List the partners that are told by the portal's fields, as far as the caller sees their organisations."""
    seen = [
        partner
        for partner in await listening()
        if actor.reads_everything or partner.organisation in actor.sees
    ]
    told = await repository.told_summary([partner.id for partner in seen])
    return [
        _watched(partner, await deliveries.state_of(partner.id), told.get(partner.id), now)
        for partner in seen
    ]


def _watched(partner: Partner, state: DestinationState | None, told: Told | None, now: datetime) -> Watched:
    within = timedelta(seconds=settings_of(partner.settings).within_seconds)
    oldest = state.oldest_at if state else None
    lag = max(now - oldest, timedelta()) if oldest else timedelta()
    standing: Standing = "late" if lag > within else "fresh"
    if state is None:
        standing = "idle"
    elif state.dead:
        standing = "stopped"
    return Watched(partner=partner, state=state, told=told, lag=lag, within=within, standing=standing)
