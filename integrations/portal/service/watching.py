"""How far partners were told: what waits, what failed, how late it is."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from integrations.deliveries import service as deliveries
from integrations.deliveries.rules import DestinationState, State
from integrations.partners.rules import Partner
from integrations.portal import repository
from integrations.portal.repository import Told
from integrations.portal.rules import settings_of
from integrations.portal.service.sending import listening
from postal.identity.rules import Actor

LOOKED_AT, SHOWN = 100, 20

Standing = Literal["fresh", "late", "stopped", "idle"]


class Failing(Struct, frozen=True, kw_only=True):
    """A message whose last try failed, or that was given up; the code of the answer, never its text."""

    dossier: str
    topic: str
    given_up: bool
    tries: int
    at: datetime
    status: int | None
    code: str | None


class Watched(Struct, frozen=True, kw_only=True):
    """One partner: its queue, how far it was told, and how late it is against what was agreed."""

    partner: Partner
    state: DestinationState | None
    told: Told | None
    lag: timedelta
    within: timedelta
    standing: Standing
    failing: tuple[Failing, ...] = ()


async def watch(actor: Actor, now: datetime) -> list[Watched]:
    """List the partners that are told by the portal's fields, as far as the caller sees their organisations."""
    seen = [
        partner
        for partner in await listening()
        if actor.reads_everything or partner.organisation in actor.sees
    ]
    told = await repository.told_summary([partner.id for partner in seen])
    return [
        _watched(
            partner,
            await deliveries.state_of(partner.id),
            told.get(partner.id),
            now,
            await _failing(partner),
        )
        for partner in seen
    ]


async def _failing(partner: Partner) -> tuple[Failing, ...]:
    listed = await deliveries.deliveries_of(
        partner.id, states=(State.WAITING.value, State.DEAD.value), limit=LOOKED_AT
    )
    return tuple(
        Failing(
            dossier=each.subject,
            topic=each.topic,
            given_up=each.state is State.DEAD,
            tries=len(each.attempts),
            at=each.attempts[-1].began_at,
            status=each.attempts[-1].status,
            code=each.attempts[-1].code,
        )
        for each in listed
        if each.attempts
    )[:SHOWN]


def _watched(
    partner: Partner,
    state: DestinationState | None,
    told: Told | None,
    now: datetime,
    failing: tuple[Failing, ...],
) -> Watched:
    within = timedelta(seconds=settings_of(partner.settings).within_seconds)
    oldest = state.oldest_at if state else None
    lag = max(now - oldest, timedelta()) if oldest else timedelta()
    standing: Standing = "late" if lag > within else "fresh"
    if state is None:
        standing = "idle"
    elif state.dead:
        standing = "stopped"
    return Watched(
        partner=partner,
        state=state,
        told=told,
        lag=lag,
        within=within,
        standing=standing,
        failing=failing,
    )
