"""From the feed to partners of the post: events of items, news of orders, despatches and answers; each fact once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from integrations.deliveries import service as deliveries
from integrations.deliveries.rules import Outgoing
from integrations.feed.rules import Event
from integrations.feed.service import follow
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from integrations.post.repository import despatches as despatch_rows
from integrations.post.repository import events as event_rows
from integrations.post.repository import orders as order_rows
from integrations.post.repository.despatches import Despatch
from integrations.post.rules.despatches import AnnouncedItem, Announcement, Direction, Receptacle, digest_of
from integrations.post.rules.events import Handled, ItemEvent, code_of, numbered
from integrations.post.rules.orders import PREFIX
from integrations.post.service import answering, orders, setup
from integrations.post.service.despatches import announce_out, message_id
from manifests.manifests import repository as manifests
from manifests.manifests.rules import Manifest
from postal.db import unit_of_work
from postal.identity.rules import Actor
from postal.ledger.repository import find_rows
from postal.ledger.rules import Stream
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.custody import repository as custody
from shipments.pieces import repository as pieces
from shipments.pieces.rules import CodeKind, is_s10, kind_of

FOLLOWER = "post"
KIND = "post"
PAGES = 20
MOST_EVENTS = 100
OVERDUE_AT_ONCE = 20


async def tell(now: datetime) -> None:
    """Read the feed on, and make messages of what partners of the post should know."""

    async def take(events: Sequence[Event]) -> None:
        await _take(events, now)

    for _ in range(PAGES):
        if not await follow(FOLLOWER, take):
            break
    await answer_overdue(now)


async def _take(events: Sequence[Event], now: datetime) -> None:
    undisputed = [event for event in events if event.verdict != "disputed"]
    scans = [event for event in undisputed if event.stream is Stream.SCAN]
    if accepted := {event.code for event in scans if event.kind == "accept"}:
        await orders.note_collected(accepted, now)
    linked = await _linked(now)
    if not linked:
        return
    for partner, actor in linked:
        await _tell_of_scans(partner, actor, scans, now)
    by_code = {partner.code: (partner, actor) for partner, actor in linked}
    await _tell_of_orders(by_code, undisputed, now)
    await _announce(linked, undisputed, now)
    touched = {code for event in undisputed for code in (event.code, event.manifest, event.container) if code}
    for identifier in await answering.concerned(touched):
        await _answer(identifier, by_code, now)


async def _linked(now: datetime) -> list[tuple[Partner, Actor]]:
    """List the partners that can be told something, with what each may see; their way out is open."""
    found = []
    for partner in await partners.active(KIND):
        if partner.url is not None:
            await deliveries.open_destination(
                KIND, partner.id, organisation=partner.organisation, code=partner.code, now=now
            )
            found.append((partner, await partners.actor_of(partner, now)))
    return found


async def _tell_of_scans(partner: Partner, actor: Actor, scans: Sequence[Event], now: datetime) -> None:
    about = [event for event in scans if is_s10(event.code) or _moves_a_bag(event)]
    bags = sorted({event.code for event in about if not is_s10(event.code)})
    inside = {bag: await custody.contents_of(bag) for bag in bags}
    codes = {event.code for event in about} | {piece for held in inside.values() for piece in held}
    seen = await custody.visible(codes, actor) if codes else set[str]()
    own = await _own(partner, about)
    told: list[tuple[Event, str]] = []
    for event in about:
        if event.id not in own:
            pieces_ = inside.get(event.code, [event.code])
            told += [(event, piece) for piece in pieces_ if piece in seen and is_s10(piece)]
    made = await _item_events(told)
    for start in range(0, len(made), MOST_EVENTS):
        await _enqueue_events(partner, made[start : start + MOST_EVENTS], now)


async def _own(partner: Partner, events: Sequence[Event]) -> set[UUID]:
    """Find what the partner itself told us, as its device: it is not told that again."""
    rows = await find_rows({event.id for event in events})
    name = setup.device_of(partner)
    return {identifier for identifier, (row, _) in rows.items() if row.content.device == name}


def _moves_a_bag(event: Event) -> bool:
    return event.kind in {"depart", "arrive"} and kind_of(event.code) is CodeKind.BAG


async def _item_events(told: Sequence[tuple[Event, str]]) -> list[tuple[Event, ItemEvent]]:
    if not told:
        return []
    registered = await pieces.find_many({piece for _, piece in told})
    kinds = await network.find_many({event.organisation for event, _ in told if event.organisation})
    tables = {day: await event_rows.reasons_on(day) for day in {local_day(e.corrected_at) for e, _ in told}}
    made = []
    for event, piece in told:
        found, party = registered.get(piece), kinds.get(event.organisation or "")
        code = code_of(
            Handled(
                kind=event.kind,
                organisation=event.organisation or "",
                organisation_kind=party.kind if party else None,
                origin=found.origin if found else None,
                destination=found.destination if found else None,
                counterparty=event.counterparty,
                reason=event.reason,
                of_bag=event.code != piece,
            )
        )
        if code is not None:
            why = numbered(event.reason, tables[local_day(event.corrected_at)]) if code == "EMH" else None
            made.append((event, _item_event(event, piece, code, why.number if why else None, why)))
    return made


def _item_event(event: Event, piece: str, code: str, number: str | None, why: Any) -> ItemEvent:
    return ItemEvent(
        sequence=0,
        item=piece,
        code=code,
        at=event.corrected_at,
        office=event.place or event.organisation or "",
        despatch=event.manifest,
        receptacle=event.container or (event.code if event.code != piece else None),
        condition=event.condition
        if event.condition in {"intact", "damaged", "opened", "seal_broken"}
        else None,
        reason=number,
        action=why.action if why else None,
    )


async def _enqueue_events(partner: Partner, made: Sequence[tuple[Event, ItemEvent]], now: datetime) -> None:
    journal, first = await event_rows.take_numbers(partner.code, f"{local_day(now):%Y}", len(made))
    events = [msgspec.structs.replace(each, sequence=first + offset) for offset, (_, each) in enumerate(made)]
    payload = {
        "journal": journal,
        "last": first + len(made) - 1,
        "at": now.isoformat(),
        "events": msgspec.to_builtins(events),
    }
    identifier = message_id("emsevt", partner.id, journal, first)
    await deliveries.enqueue(
        KIND,
        partner.id,
        [Outgoing(id=identifier, topic="post.emsevt", subject=events[0].item, payload=payload)],
        now=now,
    )


async def _tell_of_orders(
    linked: dict[str, tuple[Partner, Actor]], events: Iterable[Event], now: datetime
) -> None:
    news = [event for event in events if event.kind.startswith("order.") and event.code.startswith(PREFIX)]
    found = await order_rows.find_many({event.code for event in news})
    waiting: dict[str, list[Outgoing]] = defaultdict(list)
    for event in news:
        order = found.get(event.code)
        if order is not None and order.partner in linked:
            waiting[order.partner].append(
                Outgoing(
                    id=message_id("order", event.id),
                    topic="post.order_status",
                    subject=order.code,
                    key=order.code,
                    payload={"order": order.code},
                )
            )
    for code, messages in waiting.items():
        await deliveries.enqueue(KIND, linked[code][0].id, messages, now=now)


async def _announce(linked: Sequence[tuple[Partner, Actor]], events: Iterable[Event], now: datetime) -> None:
    sent = {event.code for event in events if event.kind == "manifest.dispatched"}
    for manifest in (await manifests.find_many(sent)).values() if sent else ():
        for partner, actor in linked:
            if manifest.receiver in actor.sees:
                despatch = await announce_out(await announcement_of(manifest), partner, now)
                await _enqueue(partner, "post.predes", despatch, {"despatch": str(despatch.id)}, 0, now)


async def announcement_of(manifest: Manifest) -> Announcement:
    """Say what a manifest sends: its bags with their seals and what is in them, its loose pieces, its sealed digest."""
    bags = [piece for piece in manifest.pieces if kind_of(piece) is CodeKind.BAG]
    held = await custody.find_many(bags)
    inside = {bag: await custody.contents_of(bag) for bag in bags}
    seals = {bag: found.seal for bag, found in held.items() if found.seal}
    announcement = Announcement(
        number=manifest.code,
        giver=manifest.giver,
        receiver=manifest.receiver,
        prepared_at=manifest.sealed_at or manifest.created_at,
        departed_at=manifest.dispatched_at,
        digest=None,
        sealed=manifest.digest,
        receptacles=tuple(
            Receptacle(
                code=bag,
                seal=seals[bag].number if bag in seals else None,
                seal_state=seals[bag].state if bag in seals else None,
            )
            for bag in bags
        ),
        items=(
            *(AnnouncedItem(piece=each, receptacle=bag) for bag in bags for each in sorted(inside[bag])),
            *(AnnouncedItem(piece=piece) for piece in manifest.pieces if piece not in inside),
        ),
    )
    return msgspec.structs.replace(announcement, digest=digest_of(announcement))


async def _answer(
    identifier: Any, linked: dict[str, tuple[Partner, Actor]], now: datetime, **how: bool
) -> None:
    despatch = await despatch_rows.lock(identifier)
    if despatch.partner not in linked or despatch.direction is not Direction.IN:
        return
    partner, actor = linked[despatch.partner]
    found = await answering.answer(identifier, partner, actor, now, **how)
    if found is not None:
        payload = {"despatch": str(despatch.id), "answer": found.number}
        await _enqueue(partner, "post.resdes", despatch, payload, found.number, now)


async def _enqueue(
    partner: Partner, topic: str, despatch: Despatch, payload: dict[str, Any], number: int, now: datetime
) -> None:
    message = Outgoing(
        id=message_id(topic, despatch.id, number),
        topic=topic,
        subject=despatch.number,
        key=despatch.number,
        payload=payload,
    )
    await deliveries.enqueue(KIND, partner.id, [message], now=now)


async def answer_overdue(now: datetime) -> None:
    """Answer what has waited long enough for the last piece, and what its receiver wants answered."""
    async with unit_of_work():
        linked = {partner.code: (partner, actor) for partner, actor in await _linked(now)}
        for code, (partner, _) in linked.items():
            limit = timedelta(hours=setup.settings_of(partner).answer_hours)
            for identifier in await despatch_rows.overdue(code, now - limit, OVERDUE_AT_ONCE):
                await _answer(identifier, linked, now, overdue=True)
