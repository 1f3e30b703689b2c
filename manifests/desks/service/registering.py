"""What the form of a new dossier offers: procedures in force, their papers, desks and offices near the caller."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.repository import Offer
from postal.law.rules import Component
from postal.network import repository as network
from postal.network.rules import Kind, Organisation, local_day, search_key

CHOICES = 200
FOUND = 30


class Blank(Struct, frozen=True, kw_only=True):
    """What the form is made of for one procedure and one caller."""

    offer: Offer
    components: tuple[Component, ...]
    own: Organisation | None
    desks: Sequence[Organisation]
    offices: Sequence[Organisation]


async def procedures(q: str, *, actor: Actor, now: datetime) -> list[Offer]:
    """Find procedures in force by a part of their code or name, those that the post may carry in front."""
    own = await _own(actor)
    found = await law.list_offers(
        local_day(now), q=search_key(q) or None, limit=FOUND, province=own.province_code if own else None
    )
    return sorted(
        found, key=lambda offer: not (offer.procedure.eligible_submit or offer.procedure.eligible_return)
    )


async def blank(procedure: str, *, actor: Actor, now: datetime) -> Blank:
    """Give what the form offers for a procedure in force."""
    own = await _own(actor)
    found = await law.list_offers(
        local_day(now), codes=[procedure], limit=1, province=own.province_code if own else None
    )
    if not found:
        raise NotFound("desk.procedure_unknown", vi="Không có thủ tục này", en="There is no such procedure")
    version = (found[0].procedure.code, found[0].procedure.version)
    desks = (
        [own]
        if own is not None and own.kind is Kind.DESK
        else await network.list_organisations(network.Filter(kind=Kind.DESK), None, CHOICES)
    )
    return Blank(
        offer=found[0],
        components=(await law.components_of([version])).get(version, ()),
        own=own,
        desks=desks,
        offices=await network.list_organisations(network.Filter(kind=Kind.POST_OFFICE), None, CHOICES),
    )


async def authority_of(desk: str) -> str:
    """Give the authority that a desk belongs to; nothing where none is known."""
    found = (await network.find_many([desk])).get(desk)
    return found.parent or "" if found is not None else ""


async def _own(actor: Actor) -> Organisation | None:
    if actor.organisation is None:
        return None
    return (await network.find_many([actor.organisation])).get(actor.organisation)
