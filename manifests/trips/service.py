"""Opening trips, loading and unloading them, and letting them depart and arrive; each in one unit of work."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from manifests.manifests import repository as manifests
from manifests.manifests.rules import ALPHABET, SUFFIX_LENGTH, State, far_from
from manifests.trips import repository
from manifests.trips.rules import LOADED, OPENED, PREFIX, UNLOADED, LoadKind, Trip
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unavailable, Unprocessable
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.custody import repository as custody
from shipments.pieces.rules import CodeKind, kind_of

TRIES = 20
GOING = frozenset({State.SEALED, State.DISPATCHED, State.RECEIVING})
"""States in which a manifest may be aboard: its list is fixed and not settled yet."""


async def open_trip(
    *,
    origin: str,
    destination: str,
    carrier: str | None,
    vehicle: str | None,
    route: str | None,
    actor: Actor,
    now: datetime,
) -> Trip:
    """Open a trip of which the actor's organisation is the opener, and the carrier unless it names another."""
    opener = actor.organisation
    if opener is None:
        raise Forbidden(
            "trip.no_organisation",
            vi="Tài khoản không thuộc đơn vị nào.",
            en="The caller acts for no organisation.",
        )
    carrier = carrier or opener
    await _refuse_unknown({"/origin": origin, "/destination": destination, "/carrier": carrier})
    body = {
        "origin": origin,
        "destination": destination,
        "carrier": carrier,
        "vehicle": vehicle,
        "route": route,
    }
    async with unit_of_work():
        code = await _new_code(now)
        row = _row(OPENED, Stream.RECORD, code, opener, body, (), actor, now)
        await record([row])
        return await repository.get(code, actor)


async def load(
    code: str, manifests_: Sequence[str], bags: Sequence[str], *, actor: Actor, now: datetime
) -> Trip:
    """Take manifests and bags aboard; the record names every piece that so goes on the trip."""
    trip = await repository.get(code, actor)
    side = _side(trip, trip.crew, actor)
    _refuse_nothing(manifests_, bags)
    subjects = [*await _lines(manifests_, actor), *await _bags(bags, actor)]
    body = {"manifests": list(manifests_), "bags": list(bags), "carrier": trip.carrier}
    row = _row(LOADED, Stream.RECORD, code, side, body, list(dict.fromkeys(subjects)), actor, now)
    return await _recorded(trip, row, actor)


async def unload(
    code: str, manifests_: Sequence[str], bags: Sequence[str], *, actor: Actor, now: datetime
) -> Trip:
    """Take manifests and bags off the trip, at any stop; what is not aboard is refused."""
    trip = await repository.get(code, actor)
    side = _side(trip, trip.parties, actor)
    _refuse_nothing(manifests_, bags)
    aboard = {(one.kind, one.code) for one in trip.aboard()}
    for kind, codes in ((LoadKind.MANIFEST, manifests_), (LoadKind.BAG, bags)):
        for index, each in enumerate(codes):
            if (kind, each) not in aboard:
                raise Conflict(
                    "trip.not_aboard",
                    vi=f"{each} không có trên chuyến thư này.",
                    en=f"{each} is not aboard this trip.",
                    pointer=f"/{kind}s/{index}",
                )
    found = await manifests.find_many(manifests_)
    subjects = [*(piece for one in found.values() for piece in one.pieces), *bags]
    body = {"manifests": list(manifests_), "bags": list(bags)}
    row = _row(UNLOADED, Stream.RECORD, code, side, body, list(dict.fromkeys(subjects)), actor, now)
    return await _recorded(trip, row, actor)


async def depart(code: str, *, place: str | None, actor: Actor, now: datetime) -> Trip:
    """Let a trip leave, and with it everything aboard."""
    trip = await repository.get(code, actor)
    if not trip.aboard():
        raise Conflict("trip.empty", vi="Chuyến thư chưa có gì.", en="Nothing is aboard.", trip=code)
    side = _side(trip, trip.crew, actor)
    return await _recorded(trip, _passage("depart", trip, side, place, actor, now), actor)


async def arrive(code: str, *, place: str | None, actor: Actor, now: datetime) -> Trip:
    """Note that a trip is at a stop, and with it everything aboard."""
    trip = await repository.get(code, actor)
    side = _side(trip, trip.parties, actor)
    return await _recorded(trip, _passage("arrive", trip, side, place or side, actor, now), actor)


async def shown(code: str, actor: Actor) -> Trip:
    """Give a trip to its parties, with the last word on the seal of each bag."""
    trip = await repository.get(code, actor)
    held = await custody.find_many([one.code for one in trip.loads if one.kind is LoadKind.BAG])
    loads = tuple(replace(one, seal=held[one.code].seal) if one.code in held else one for one in trip.loads)
    return replace(trip, loads=loads)


async def _recorded(trip: Trip, row: Row, actor: Actor) -> Trip:
    async with unit_of_work():
        pieces = set(row.content.subjects)
        for one in (await manifests.find_many([each.code for each in trip.aboard()])).values():
            pieces |= set(one.pieces)
        pieces |= {one.code for one in trip.aboard() if one.kind is LoadKind.BAG}
        # All at once and before any row, in the order that every writer of the ledger keeps.
        locked = await lock_codes({trip.code, *pieces, *await custody.closure(pieces)})
        await record([row], locked)
    return await shown(trip.code, actor)


def _passage(kind: str, trip: Trip, side: str, place: str | None, actor: Actor, now: datetime) -> Row:
    body = {"place": place} if place else {}
    return _row(kind, Stream.SCAN, trip.code, side, body, (), actor, now)


def _row(
    kind: str,
    stream: Stream,
    code: str,
    side: str,
    body: dict[str, Any],
    subjects: Sequence[str],
    actor: Actor,
    now: datetime,
) -> Row:
    return authored(
        stream=stream,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=side,
        person=actor.person,
        body={name: value for name, value in body.items() if value not in (None, [])},
        subjects=subjects,
    )


def _side(trip: Trip, parties: Collection[str], actor: Actor) -> str:
    for party in sorted(parties):
        if party in actor.sees:
            return party
    raise Forbidden(
        "trip.not_yours",
        vi="Việc này thuộc đơn vị mở chuyến hoặc đơn vị vận chuyển.",
        en="That is for the opener or the carrier of the trip to do.",
        trip=trip.code,
    )


async def _refuse_unknown(parties: dict[str, str]) -> None:
    known = await network.find_many(set(parties.values()))
    for pointer, party in parties.items():
        if party not in known:
            raise Unprocessable(
                "trip.party_unknown",
                vi=f"Không có đơn vị {party}.",
                en=f"There is no organisation {party}.",
                pointer=pointer,
            )


def _refuse_nothing(manifests_: Sequence[str], bags: Sequence[str]) -> None:
    if not manifests_ and not bags:
        raise Unprocessable(
            "trip.nothing_named",
            vi="Hãy nêu ít nhất một bảng kê hoặc một túi.",
            en="Name at least one manifest or bag.",
        )


async def _lines(codes: Sequence[str], actor: Actor) -> list[str]:
    pieces: list[str] = []
    for index, code in enumerate(codes):
        manifest = await manifests.get(code, actor)
        if manifest.state not in GOING:
            raise Conflict(
                "trip.manifest_state",
                vi=f"Bảng kê {code} đang ở trạng thái {manifest.state}, không xếp lên chuyến được.",
                en=f"Manifest {code} is {manifest.state} and cannot go aboard.",
                pointer=f"/manifests/{index}",
            )
        pieces += manifest.pieces
    return pieces


async def _bags(codes: Sequence[str], actor: Actor) -> list[str]:
    seen = await custody.visible(set(codes), actor)
    for index, code in enumerate(codes):
        if code not in seen or kind_of(code) is not CodeKind.BAG:
            raise Unprocessable(
                "trip.no_bag",
                vi=f"Không tìm thấy túi {code}; bưu gửi rời đi theo bảng kê.",
                en=f"There is no bag {code}; single items go by manifest.",
                pointer=f"/bags/{index}",
            )
    return list(codes)


async def _new_code(now: datetime) -> str:
    prefix = f"{PREFIX}{local_day(now):%y%m%d}-"
    taken = await repository.codes_of_day(prefix)
    for _ in range(TRIES):
        # Random, so that nobody who has seen one trip can guess another one.
        code = prefix + "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
        if far_from(code, taken):
            return code
    raise Unavailable(
        "trip.no_code",
        vi="Chưa cấp được mã chuyến thư, hãy thử lại.",
        en="No code could be chosen, try again.",
    )
