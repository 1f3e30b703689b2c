"""Orders to collect at home: taken from a partner's messages, worked on by the office, told back."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from integrations.inbox.rules import Inbound, Understood
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from integrations.post.repository import orders as repository
from integrations.post.repository.orders import Form
from integrations.post.rules.orders import (
    ASSIGNED,
    CANCEL_REASONS,
    CANCELLED,
    COLLECTED,
    PREFIX,
    REGISTERED,
    STATES,
    UNASSIGNED,
    WITHDRAWN,
    Order,
    OrderForm,
    OrderState,
    may,
    read_order,
)
from integrations.post.rules.reading import MOST_ROWS, bad, decoded, told
from integrations.post.service import setup
from integrations.post.service.answers import understood
from manifests.manifests.rules import ALPHABET
from postal.audit import looks
from postal.config import code_key, held
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, PostalError, Unprocessable
from postal.identity.rules import Actor, Role
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, commitment
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from shipments.dossiers import repository as dossiers
from shipments.items.rules import item_code
from shipments.pieces import repository as pieces
from shipments.pieces import service as registration
from shipments.pieces.rules import PieceKind, Registration

SALT_BYTES = 16
SUFFIX = 8
MAY_SEE_PEOPLE = frozenset({Role.CLERK, Role.COURIER, Role.SUPERVISOR, Role.POST_DESK, Role.DESK})
WORKS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.POST_DESK, Role.SYSTEM})


async def take_orders(inbound: Inbound, now: datetime) -> Understood:
    """Take orders of a partner, each by itself: a bad one takes no good one with it."""
    try:
        given = decoded(inbound.raw)
        rows = given.get("orders", [given]) if isinstance(given, dict) else given
        if not isinstance(rows, list) or not rows or len(rows) > MOST_ROWS:
            raise bad("post.no_list", "Thiếu danh sách đơn", "The list of orders is missing", "/orders")
    except PostalError as refused:
        return Understood(state="failed", code=refused.code, message=refused.vi)
    actor = await partners.actor_of(inbound.partner, now)
    results = [{"row": n} | await _answered(row, inbound.partner, actor, now) for n, row in enumerate(rows)]
    return understood(results, [each["orderNumber"] for each in results if "orderNumber" in each])


async def _answered(row: Any, partner: Partner, actor: Actor, now: datetime) -> dict[str, Any]:
    try:
        form = read_order(row)
    except PostalError as refused:
        return told(refused)
    try:
        async with unit_of_work():
            # Two messages about one number wait for each other, whatever the order's own code is.
            await lock_codes([f"order:{partner.code}:{form.number}"])
            outcome, order = await _take(form, partner, actor, now)
    except PostalError as refused:
        return {"orderNumber": form.number} | told(refused)
    return {
        "orderNumber": order.number,
        "orderCode": order.code,
        "outcome": outcome,
        "version": order.version,
        "vnpostalStatus": int(order.state),
    }


async def _take(form: OrderForm, partner: Partner, actor: Actor, now: datetime) -> tuple[str, Order]:
    order = await repository.by_number(partner.code, form.number)
    digest = hashlib.sha256(msgspec.json.encode(_said(form))).digest()
    if form.asked is OrderState.COLLECTED:
        raise bad(
            "post.status_by_scan",
            "Trạng thái 3 chỉ có khi bưu cục quét chấp nhận bưu gửi",
            "Status 3 comes from the scan that accepts the item alone",
            "/vnpostalStatus",
        )
    if order is None:
        if form.asked in (OrderState.UNUSED, OrderState.CANCELLED):
            raise bad("post.order_unknown", "Chưa có đơn này", "There is no such order", "/orderNumber")
        return "registered", await _register(form, None, digest, partner, actor, now)
    if form.asked is OrderState.CANCELLED:
        return await _asked_off(order, CANCELLED, OrderState.CANCELLED, form.reason, actor, now)
    if form.asked is OrderState.UNUSED:
        return await _asked_off(order, WITHDRAWN, OrderState.UNUSED, None, actor, now)
    if await repository.has_digest(order.code, digest):
        return "repeated", await _asked_to_collect(form, order, actor, now)
    if form.version is not None and form.version <= order.version:
        # What it tells is out of date; that it asks to collect is not, for a version alone takes nothing of that back.
        return "stale", await _asked_to_collect(form, order, actor, now)
    refuse_unless(REGISTERED, order)
    return "changed", await _register(form, order, digest, partner, actor, now)


async def _asked_off(
    order: Order, kind: str, leads_to: OrderState, reason: str | None, actor: Actor, now: datetime
) -> tuple[str, Order]:
    if order.state is leads_to:
        return "repeated", order
    refuse_unless(kind, order)
    return kind.removeprefix("order."), await _state(kind, order, {"reason": reason}, actor, now)


async def _asked_to_collect(form: OrderForm, order: Order, actor: Actor, now: datetime) -> Order:
    if form.asked is OrderState.COLLECTING and order.state is OrderState.REGISTERED:
        return await _assign(order, None, actor, now)
    return order


async def _register(
    form: OrderForm, before: Order | None, digest: bytes, partner: Partner, actor: Actor, now: datetime
) -> Order:
    version = max(form.version or 0, before.version + 1 if before else 1)
    body: dict[str, Any] = {
        "partner": partner.code,
        "number": form.number,
        "version": version,
        "office": await setup.office_of(partner, form.office),
        "agency": await setup.agency_of(partner, form.agency, now),
        "dossier": form.dossier,
        "item": form.item,
        "cod": form.cod or None,
    }
    await _refuse_strange(form, body)
    salt = secrets.token_bytes(SALT_BYTES)
    personal = _personal(form)
    body["people"] = commitment(salt, msgspec.json.encode(personal, order="deterministic").decode())
    code = before.code if before else _new_code(now)
    # The form first: the digest is asked for by whoever repeats the message.
    await repository.add_form(code, version, digest, salt, personal, now)
    await record([_row(REGISTERED, code, body, actor, now)])
    order = (await repository.find_many([code]))[code]
    return await _asked_to_collect(form, order, actor, now)


async def _refuse_strange(form: OrderForm, body: dict[str, Any]) -> None:
    """Refuse a dossier or an item that is not of this office and this agency; one that does not exist is alike."""
    if form.dossier is not None:
        dossier = (await dossiers.find_many([form.dossier])).get(form.dossier)
        parties = {dossier.office, dossier.desk, dossier.authority} if dossier else set()
        if not {body["office"], body["agency"]} & parties:
            raise bad(
                "post.dossier_unknown",
                "Không có hồ sơ này ở cơ quan nhận",
                "The agency has no such dossier",
                "/dossierCode",
            )
    if form.item is not None:
        piece = (await pieces.find_many([form.item])).get(form.item)
        taken = [order for order in await repository.about([form.item]) if order.number != form.number]
        if taken or (piece is not None and piece.origin != body["office"]):
            raise bad(
                "post.item_taken",
                "Số hiệu bưu gửi đã dùng cho bưu gửi khác",
                "The item code is used for another item",
                "/itemCode",
            )


def _said(form: OrderForm) -> dict[str, Any]:
    """Give what makes two messages the same order; the state that is asked for and a version do not."""
    return {
        name: value
        for name, value in msgspec.to_builtins(form).items()
        if name not in {"asked", "reason", "version"}
    }


def _personal(form: OrderForm) -> dict[str, Any]:
    said = _said(form)
    return {name: said[name] for name in ("sender", "receiver", "description", "customer")}


def _new_code(now: datetime) -> str:
    suffix = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX))
    return f"{PREFIX}{local_day(now):%y%m%d}-{suffix}"


def refuse_unless(kind: str, order: Order) -> None:
    """Raise when the state of an order does not allow what a record of this kind says."""
    if may(kind, order.state):
        return
    vi, en = STATES[order.state]
    if order.state is OrderState.COLLECTED:
        raise Conflict(
            "post.order_collected",
            vi="Hồ sơ đã được gom; đơn không sửa, không hủy được nữa",
            en="The papers have been collected; the order can no longer be changed or cancelled",
        )
    raise Conflict("post.order_state", vi=f"Đơn đang ở trạng thái: {vi}", en=f"The order is: {en}")


async def assign(code: str, courier: str | None, *, actor: Actor, now: datetime) -> Order:
    """Send a courier: the order is being collected, and the item has its code, so that its label can be taken along."""
    async with unit_of_work():
        order = await _held(code, actor)
        refuse_unless(ASSIGNED, order)
        return await _assign(order, courier, actor, now)


async def unassign(code: str, *, actor: Actor, now: datetime) -> Order:
    """Take an order back from its courier: it waits again."""
    async with unit_of_work():
        order = await _held(code, actor)
        refuse_unless(UNASSIGNED, order)
        return await _state(UNASSIGNED, order, {}, actor, now)


async def cancel(code: str, reason: str, *, actor: Actor, now: datetime) -> Order:
    """Give up a collection, with a reason of the list."""
    if reason not in CANCEL_REASONS:
        raise Unprocessable(
            "post.cancel_reason", vi="Hãy chọn lý do hủy", en="Choose why it is cancelled", pointer="/reason"
        )
    async with unit_of_work():
        order = await _held(code, actor)
        refuse_unless(CANCELLED, order)
        return await _state(CANCELLED, order, {"reason": reason}, actor, now)


async def _held(code: str, actor: Actor) -> Order:
    await lock_codes([code])
    order = await repository.get(code, actor)
    if order.office not in actor.sees:
        raise Forbidden(
            "post.order_of_office",
            vi="Việc này là của bưu cục đi gom",
            en="That is for the collecting post office to do",
        )
    return order


async def _assign(order: Order, courier: str | None, actor: Actor, now: datetime) -> Order:
    item = order.item or await _new_code_of_item(order, now)
    await register_item(msgspec.structs.replace(order, item=item), actor, now)
    return await _state(ASSIGNED, order, {"courier": courier, "item": item}, actor, now)


async def _new_code_of_item(order: Order, now: datetime) -> str:
    settings = held()
    indicator = settings.codes.inbound
    (serial,) = await registration.allocate(indicator, order.office, now, 1, code_key(settings))
    return item_code(indicator, serial)


async def register_item(order: Order, actor: Actor | None, now: datetime) -> None:
    """Register the item of an order unless it is there, within the caller's unit of work: it is empty until packed."""
    if order.item is None or await pieces.find_many([order.item]):
        return
    wanted = Registration(
        code=order.item,
        kind=PieceKind.ITEM,
        origin=order.office,
        destination=order.agency,
        authority=order.agency,
        direction="inbound",
        dossiers=(order.dossier,) if order.dossier else (),
    )
    person = actor.person if actor else None
    await record(
        registration.register_pieces([wanted], now=now, actor_organisation=order.office, person=person)
    )


async def note_collected(codes: Collection[str], now: datetime) -> list[Order]:
    """Note of which orders an accepted piece is the item or the dossier; within the caller's unit of work."""
    moved = []
    for order in await repository.about(codes):
        if may(COLLECTED, order.state):
            await register_item(order, None, now)
            moved.append(await _state(COLLECTED, order, {}, None, now))
    return moved


async def _state(kind: str, order: Order, body: dict[str, Any], actor: Actor | None, now: datetime) -> Order:
    await record([_row(kind, order.code, body, actor, now)])
    return (await repository.find_many([order.code]))[order.code]


def _row(kind: str, code: str, body: dict[str, Any], actor: Actor | None, now: datetime) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=actor.organisation if actor else None,
        person=actor.person if actor else None,
        body={name: value for name, value in body.items() if value is not None},
    )


async def people_of(orders: Sequence[Order], actor: Actor) -> dict[str, Form]:
    """Give what orders say of people, to those of the office or the agency who need it; noted as a look."""
    if not actor.roles & MAY_SEE_PEOPLE:
        return {}
    own = {order.code for order in orders if actor.sees & {order.office, order.agency}}
    found = {code: form for code, form in (await repository.forms(own)).items() if form.form is not None}
    for order in orders:
        if order.code in found:
            looks.note([order.code], ["name", "phone", "address"], about=order.dossier)
    return found


async def export(dossier: str) -> list[dict[str, Any]]:
    """Give what orders hold about the people of a dossier."""
    return await repository.forms_about(dossier)


async def erase(dossier: str, now: datetime) -> int:
    """Forget what orders hold about the people of a dossier."""
    return await repository.erase_forms(dossier, now)
