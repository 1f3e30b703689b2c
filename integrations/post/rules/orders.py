"""Orders to collect at home: their states 0 to 4, derived from what was recorded, and how a partner writes them. Pure.

The fields are those of domain.md 4.3, as public code bases use them; which of our events makes which state is our
decision: an order is 3 (papers handed over) when the post has accepted the item from the citizen by the ordinary scan.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from integrations.post.rules.reading import (
    MOST_MONEY,
    Given,
    bad,
    item,
    local,
    needed,
    number,
    object_of,
    text,
    whole,
)
from postal.instants import Instant
from postal.ledger.rules import Row

PREFIX = "DG-"
REGISTERED, ASSIGNED, UNASSIGNED = "order.registered", "order.assigned", "order.unassigned"
CANCELLED, WITHDRAWN, COLLECTED = "order.cancelled", "order.withdrawn", "order.collected"


class OrderState(IntEnum):
    """`vnpostalStatus` of domain.md 4.3."""

    UNUSED = 0
    REGISTERED = 1
    COLLECTING = 2
    COLLECTED = 3
    CANCELLED = 4


STATES: dict[OrderState, tuple[str, str]] = {
    OrderState.UNUSED: ("Không sử dụng", "Not used"),
    OrderState.REGISTERED: ("Đăng ký", "Registered"),
    OrderState.COLLECTING: ("Đang đi gom hồ sơ", "Being collected"),
    OrderState.COLLECTED: ("Đã giao hồ sơ", "Papers handed over"),
    OrderState.CANCELLED: ("Hủy gom", "Collection cancelled"),
}

CANCEL_REASONS: dict[str, tuple[str, str]] = {
    "citizen_asked": ("Công dân không gửi nữa", "The citizen no longer wants it"),
    "wrong_address": ("Sai địa chỉ", "Wrong address"),
    "nobody_home": ("Không có người giao hồ sơ", "Nobody was there to hand over"),
    "not_eligible": ("Thủ tục không nhận qua bưu chính", "The procedure is not for the post"),
    "duplicate": ("Trùng đơn khác", "The same as another order"),
    "other": ("Lý do khác", "Another reason"),
}

_ALLOWED: dict[str, frozenset[OrderState]] = {
    REGISTERED: frozenset({OrderState.UNUSED, OrderState.REGISTERED, OrderState.COLLECTING}),
    ASSIGNED: frozenset({OrderState.REGISTERED, OrderState.COLLECTING}),
    UNASSIGNED: frozenset({OrderState.COLLECTING}),
    CANCELLED: frozenset({OrderState.REGISTERED, OrderState.COLLECTING}),
    WITHDRAWN: frozenset({OrderState.REGISTERED}),
    # The scan was made: what the order says of itself does not undo it.
    COLLECTED: frozenset(OrderState) - {OrderState.COLLECTED},
}
_LEADS_TO = {
    ASSIGNED: OrderState.COLLECTING,
    UNASSIGNED: OrderState.REGISTERED,
    CANCELLED: OrderState.CANCELLED,
    WITHDRAWN: OrderState.UNUSED,
    COLLECTED: OrderState.COLLECTED,
}


class Order(Struct, frozen=True, kw_only=True):
    """An order as its rows say, without anything about a person."""

    code: str
    partner: str
    number: str
    version: int
    state: OrderState
    office: str
    agency: str
    dossier: str | None
    item: str | None
    cod: int
    registered_at: Instant
    changed_at: Instant
    courier: str | None = None
    reason: str | None = None


class Party(Struct, frozen=True, kw_only=True):
    """Sender or receiver of an order: personal data."""

    name: str | None = None
    tel: str | None = None
    email: str | None = None
    address: str | None = None
    district: str | None = None
    province: str | None = None
    desc: str | None = None


class OrderForm(Struct, frozen=True, kw_only=True):
    """An order as the partner wrote it, by its own codes of offices and agencies; `asked` is the state it asks for."""

    number: str
    customer: str | None
    office: str | None
    agency: str
    item: str | None
    dossier: str | None
    cod: int
    sender: Party
    receiver: Party
    description: str | None
    version: int | None
    asked: OrderState
    reason: str | None


def may(kind: str, state: OrderState) -> bool:
    """Tell whether an order in a state allows what a record of this kind says."""
    return state in _ALLOWED[kind]


def order_of(code: str, rows: Iterable[Row]) -> Order | None:
    """Read an order from its rows, whatever order they came in; what a state does not allow changes nothing."""
    own = sorted(
        (row for row in rows if row.content.code == code and row.content.kind.startswith("order.")),
        key=lambda row: (row.corrected_at, row.content.id),
    )
    order: Order | None = None
    for row in own:
        if row.content.kind == REGISTERED:
            order = _registered(code, order, row)
        elif order is not None and may(row.content.kind, order.state):
            order = _moved(order, row)
    return order


def _registered(code: str, before: Order | None, row: Row) -> Order:
    body = row.content.body
    if before is not None and (body["version"] <= before.version or not may(REGISTERED, before.state)):
        return before
    asleep = before is None or before.state is OrderState.UNUSED
    return Order(
        code=code,
        partner=body["partner"],
        number=body["number"],
        version=body["version"],
        state=OrderState.REGISTERED if before is None or asleep else before.state,
        office=body["office"],
        agency=body["agency"],
        dossier=body.get("dossier"),
        item=body.get("item") or (before.item if before else None),
        cod=body.get("cod", 0),
        registered_at=before.registered_at if before else row.corrected_at,
        changed_at=row.corrected_at,
        courier=before.courier if before and before.office == body["office"] else None,
    )


def _moved(order: Order, row: Row) -> Order:
    body, kind = row.content.body, row.content.kind
    return replace(
        order,
        state=_LEADS_TO[kind],
        changed_at=row.corrected_at,
        courier=body.get("courier") if kind == ASSIGNED else None if kind == UNASSIGNED else order.courier,
        item=body.get("item") or order.item,
        reason=body.get("reason"),
    )


def read_order(value: Any) -> OrderForm:
    """Read one order; the names of its fields are taken in any case, as its clients write them both ways."""
    given = _folded(object_of(value))
    code = text(given, "itemcode", 32)
    status = whole(given, "vnpostalstatus", 0, 4)
    asked = OrderState(1 if status is None else status)
    if given.get("viapostal") in (0, "0", False) and status is None:
        asked = OrderState.UNUSED
    return OrderForm(
        number=number(given, "ordernumber"),
        customer=text(given, "customercode", 64),
        office=text(given, "posidcollect", 35),
        agency=needed(given, "govagencycode", 35),
        item=item(code, "/itemCode") if code else None,
        dossier=text(given, "dossiercode", 60),
        cod=whole(given, "codamount", 0, MOST_MONEY) or 0,
        sender=_party(given.get("sender"), "/sender"),
        receiver=_party(given.get("receiver"), "/receiver"),
        description=text(given, "description", 500),
        version=whole(given, "version", 1, 2**31),
        asked=asked,
        reason=_reason(given) if asked is OrderState.CANCELLED else None,
    )


def _reason(given: Given) -> str:
    reason = text(given, "reason", 64) or "other"
    if reason not in CANCEL_REASONS:
        raise bad(
            "post.cancel_reason",
            f"Lý do hủy phải là một trong: {', '.join(CANCEL_REASONS)}",
            f"The reason must be one of: {', '.join(CANCEL_REASONS)}",
            "/reason",
        )
    return reason


def _party(value: Any, at: str) -> Party:
    given = _folded(object_of(value if value is not None else {}, at))
    return Party(**{name: text(given, name, 300, at=at) for name in Party.__struct_fields__})


def _folded(given: Mapping[str, Any]) -> dict[str, Any]:
    folded: dict[str, Any] = {}
    for name, value in given.items():
        # Of two writings of one name neither is to be preferred silently.
        if name.lower() in folded and folded[name.lower()] != value:
            raise bad("post.name_twice", f"{name} có hai giá trị", f"{name} has two values", f"/{name}")
        folded[name.lower()] = value
    return folded


def status_message(order: Order) -> dict[str, Any]:
    """Write the news of an order for its partner; `changedAt` tells it which of two news is the later one."""
    vi, en = STATES[order.state]
    return {
        "format": "order-status/1",
        "orderNumber": order.number,
        "orderCode": order.code,
        "itemCode": order.item,
        "version": order.version,
        "vnpostalStatus": int(order.state),
        "statusName": f"{vi} / {en}",
        "reason": order.reason,
        "changedAt": local(order.changed_at),
    }
