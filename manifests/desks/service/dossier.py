"""What the page of a dossier shows and does, over the services of dossiers, clocks, custody and items."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from manifests.desks.rules.acts import REASONS, Offer, offers
from manifests.desks.service.taking_in import APART
from manifests.desks.service.why import Why, reasons_of
from postal.config import CodeSettings
from postal.db import unit_of_work
from postal.errors import Conflict
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.law.rules import Component, ProcessStep, Reason
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.custody import repository as custody
from shipments.custody.rules import Custody, Phase
from shipments.dossiers import reading, service
from shipments.dossiers.reading import Reading
from shipments.dossiers.rules import CaseKind, Dossier, ServiceMode
from shipments.dossiers.service import Statement
from shipments.items import service as items
from shipments.items.rules import Packed, Packing
from shipments.pieces.rules import CITIZEN, PieceKind, result_code

PACKS = frozenset({Role.CLERK, Role.POST_DESK, Role.DESK, Role.SPECIALIST, Role.SUPERVISOR})
UNITS = 100


class Sheet(Struct, frozen=True, kw_only=True):
    """Everything on the page of one dossier."""

    found: Reading
    offers: tuple[Offer, ...]
    components: tuple[Component, ...]
    steps: tuple[ProcessStep, ...]
    units: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    why: Why | None
    names: Mapping[str, str]
    pieces: Mapping[str, Custody]
    packable: str | None


async def sheet_of(code: str, *, actor: Actor, now: datetime) -> Sheet:
    """Gather the page of a dossier, as far as the actor may know of it."""
    found = await reading.read(code, actor)
    dossier = found.dossier
    offered = offers(dossier, found.allowed, actor.roles)
    pair = (dossier.procedure, dossier.procedure_version or 0)
    why = (await reasons_of([code], actor=actor, now=now)).get(code)
    pieces = await custody.find_many([code, result_code(code)])
    parties = {dossier.desk, dossier.authority, dossier.office, dossier.unit, why.holder if why else None}
    parties |= {holder for piece in pieces.values() for holder in piece.claims}
    return Sheet(
        found=found,
        offers=offered,
        components=(await law.components_of([pair])).get(pair, ()),
        steps=(await law.steps_of([pair])).get(pair, ()),
        units=await _units(dossier.authority) if offered else (),
        reasons=await _reasons(offered, now),
        why=why,
        names=await network.names_of({party for party in parties if party}),
        pieces=pieces,
        packable=_packable(dossier, pieces, actor),
    )


async def state(code: str, act: CaseKind, body: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """State one event of a case."""
    await service.state(code, Statement(kind=act, body=body), actor=actor, now=now)


async def pack(code: str, *, actor: Actor, now: datetime, key: bytes, codes: CodeSettings) -> Packed:
    """Put what the actor's organisation holds of a dossier, its papers or its result, into a new item."""
    found = await reading.read(code, actor)
    pieces = await custody.find_many([code, result_code(code)])
    piece = _packable(found.dossier, pieces, actor)
    if piece is None:
        raise Conflict(
            "desk.nothing_to_pack",
            vi="Đơn vị không giữ giấy tờ nào của hồ sơ này để đóng gói",
            en="Your organisation holds no papers of this dossier to pack",
        )
    home = piece == result_code(code)
    if not home and _is_brought(pieces[code]):
        await _accept(found.dossier, len(found.lines), actor, now)
        # At one instant nobody could say whether they were packed before they were accepted.
        now += APART
    packing = Packing(
        container=PieceKind.ITEM,
        destination=CITIZEN if home else found.dossier.desk,
        direction="outbound" if home else "inbound",
        pieces=(piece,),
        authority=found.dossier.authority,
    )
    return await items.make(packing, actor=actor, now=now, key=key, codes=codes)


async def _accept(dossier: Dossier, documents: int, actor: Actor, now: datetime) -> None:
    """Record that the post took the papers from the citizen, as a scanner at the counter would."""
    row = authored(
        stream=Stream.SCAN,
        kind="accept",
        code=dossier.code,
        occurred_at=now,
        now=now,
        actor_organisation=dossier.office,
        person=actor.person,
        body={"place": dossier.office, "counted": {"documents": documents}},
    )
    async with unit_of_work():
        await record([row])


def _packable(dossier: Dossier, pieces: Mapping[str, Custody], actor: Actor) -> str | None:
    """Name what the actor's organisation may put into an item now: the result it holds, or the papers going in."""
    if PACKS.isdisjoint(actor.roles):
        return None
    result = pieces.get(result_code(dossier.code))
    if dossier.completed_at and result is not None and _is_held(result, actor):
        return result.code
    papers = pieces.get(dossier.code)
    if papers is None or dossier.office not in actor.sees or dossier.service_mode is ServiceMode.RETURN:
        return None
    return dossier.code if _is_brought(papers) or _is_held(papers, actor) else None


def _is_held(piece: Custody, actor: Actor) -> bool:
    return _is_free(piece) and len(piece.claims) == 1 and not actor.sees.isdisjoint(piece.claims)


def _is_brought(piece: Custody) -> bool:
    """Tell whether the citizen has just put the papers on the counter: nobody has scanned them yet."""
    return _is_free(piece) and piece.phase is Phase.REGISTERED and set(piece.claims) <= {CITIZEN}


def _is_free(piece: Custody) -> bool:
    return piece.container is None and piece.offer is None and piece.phase in {Phase.REGISTERED, Phase.HELD}


async def _units(authority: str) -> tuple[tuple[str, str], ...]:
    found = await network.list_organisations(network.Filter(parent=authority), None, UNITS)
    return tuple((each.code, each.name) for each in found)


async def _reasons(offered: Collection[Offer], now: datetime) -> tuple[Reason, ...]:
    lists = {REASONS[offer.act] for offer in offered if offer.act in REASONS}
    lists |= {"override", "any"} if any(offer.again for offer in offered) else set()
    return (
        tuple(each for each in await law.reasons_at(local_day(now)) if each.applies_to in lists)
        if lists
        else ()
    )


def reasons_for(act: CaseKind, listed: Sequence[Reason]) -> list[Reason]:
    """Give the reasons of one form."""
    return [each for each in listed if each.applies_to == REASONS.get(act)]
