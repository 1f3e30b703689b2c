"""Making items and bags: a code, its registration, and the packing, in one unit of work."""

from collections.abc import Sequence
from datetime import datetime

from postal.config import CodeSettings
from postal.db import unit_of_work
from postal.errors import Forbidden, Unprocessable
from postal.identity.rules import Actor
from postal.ledger import service as ledger
from postal.ledger.rules import Row, Stream
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.custody import repository as custody
from shipments.custody.rules import ScanKind
from shipments.custody.rules.seals import CLOSED, WHOLE
from shipments.items.rules import BAG_PREFIX, Packed, Packing, bag_code, item_code, refuse_unless_packable
from shipments.pieces import repository as pieces
from shipments.pieces import service as registration
from shipments.pieces.rules import CITIZEN, PieceKind, Registration


async def make(packing: Packing, *, actor: Actor, now: datetime, key: bytes, codes: CodeSettings) -> Packed:
    """Make a container at the actor's organisation and pack the pieces into it."""
    origin = actor.organisation
    if origin is None:
        raise Forbidden(
            "item.no_organisation",
            vi="Tài khoản không thuộc đơn vị nào",
            en="The caller acts for no organisation",
        )
    async with unit_of_work():
        await _refuse_unknown_parties(packing)
        found = await pieces.find_many(packing.pieces)
        visible = await custody.visible(packing.pieces, actor)
        refuse_unless_packable(packing, found, await custody.find_many(packing.pieces), visible)
        code = await _new_code(packing, origin, now, key, codes)
        await ledger.record(_rows(packing, code, origin, actor, now))
    return Packed(
        code=code,
        kind=packing.container,
        origin=origin,
        destination=packing.destination,
        direction=packing.direction,
        pieces=packing.pieces,
        seal=packing.seal,
    )


async def _refuse_unknown_parties(packing: Packing) -> None:
    named = {party for party in (packing.destination, packing.authority) if party and party != CITIZEN}
    known = await network.find_many(named)
    for pointer, party in (("/destination", packing.destination), ("/authority", packing.authority)):
        if party in named and party not in known:
            raise Unprocessable(
                "item.party_unknown",
                vi=f"Không có đơn vị {party}",
                en=f"There is no organisation {party}",
                pointer=pointer,
            )


async def _new_code(packing: Packing, origin: str, now: datetime, key: bytes, codes: CodeSettings) -> str:
    if packing.container is PieceKind.BAG:
        (serial,) = await registration.allocate(BAG_PREFIX, origin, now, 1, key)
        return bag_code(local_day(now), serial)
    indicator = codes.outbound if packing.direction == "outbound" else codes.inbound
    (serial,) = await registration.allocate(indicator, origin, now, 1, key)
    return item_code(indicator, serial)


def _rows(packing: Packing, code: str, origin: str, actor: Actor, now: datetime) -> Sequence[Row]:
    registered = registration.register_pieces(
        [
            Registration(
                code=code,
                kind=packing.container,
                origin=origin,
                destination=packing.destination,
                authority=packing.authority,
                direction=packing.direction,
                dossiers=packing.pieces if packing.container is PieceKind.ITEM else (),
                service=packing.service,
            )
        ],
        now=now,
        actor_organisation=origin,
        person=actor.person,
    )
    body: dict[str, object] = {"container": code, "place": origin}
    if packing.seal:
        body["seal"] = {"number": packing.seal, "state": "intact"}
    packed = [
        ledger.authored(
            stream=Stream.SCAN,
            kind=ScanKind.PACK.value,
            code=piece,
            occurred_at=now,
            now=now,
            actor_organisation=origin,
            person=actor.person,
            body=body,
            subjects=(code,),
        )
        for piece in packing.pieces
    ]
    return [*registered, *packed, *_sealed(packing, code, origin, actor, now)]


def _sealed(packing: Packing, code: str, origin: str, actor: Actor, now: datetime) -> Sequence[Row]:
    """Close a container that is sealed at its making, so that its seal has a history from then on."""
    if packing.seal is None:
        return []
    return [
        ledger.authored(
            stream=Stream.RECORD,
            kind=CLOSED,
            code=code,
            occurred_at=now,
            now=now,
            actor_organisation=origin,
            person=actor.person,
            body={"seal": {"number": packing.seal, "state": WHOLE}, "contents": list(packing.pieces)},
        )
    ]
