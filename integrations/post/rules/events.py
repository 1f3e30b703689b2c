"""Event messages in the style of EMSEVT: what our scans are in its codes, and what its codes are as scans. Pure.

Written in the style of the UPU's event messages, whose text is paid and was not read: the codes are those that public
lists name (domain.md 7.1), the layout and the numbers of reasons are ours. Steps inside an agency have no code, and
EMB and EMC, which mean offices of exchange, stand for a bag's arrival and departure by analogy and say so.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from integrations.post.rules.reading import (
    Given,
    bad,
    instant,
    item,
    local,
    needed,
    number,
    object_of,
    text,
    whole,
)
from postal.network.rules import Kind
from shipments.pieces.rules import CITIZEN

FORMAT = "emsevt-style/1"
HELD_AT_DEPOT = "held_at_depot"
ANALOGY = frozenset({"EMB", "EMC"})
DOMESTIC = frozenset({"EMA", "EMB", "EMC", "EDD", "EDE", "EMG", "EDF", "EDG", "EDH", "EMH", "EMI"})
INTERNATIONAL = frozenset(
    {
        "EXA", "EXB", "EXC", "EXD", "EXX", "EMJ", "EMK", "EMD",
        "EDA", "EDB", "EME", "EDC", "EMF", "EDX", "EMX",
    }
)  # fmt: skip
NAMES: dict[str, tuple[str, str]] = {
    "EMA": ("Chấp nhận", "Posting or collection"),
    "EMB": ("Túi đến (tương tự)", "Bag arrived (by analogy)"),
    "EMC": ("Túi rời đi (tương tự)", "Bag departed (by analogy)"),
    "EDD": ("Đến trung tâm khai thác", "Into sorting centre"),
    "EDE": ("Rời trung tâm khai thác", "Out of sorting centre"),
    "EMG": ("Đến bưu cục phát", "Arrival at delivery office"),
    "EDF": ("Lưu tại bưu cục phát", "Held at delivery depot"),
    "EDG": ("Đi phát", "Out for delivery"),
    "EDH": ("Chờ nhận tại bưu cục", "Arrival at collection point"),
    "EMH": ("Phát chưa thành công", "Attempted delivery"),
    "EMI": ("Phát thành công", "Final delivery"),
}
CONDITIONS = frozenset({"intact", "damaged", "opened", "seal_broken"})
ACTIONS = frozenset({"1", "2", "3", "4"})
POST = frozenset({Kind.POST_OFFICE, Kind.HUB, Kind.CARRIER})

_INWARD: dict[str, str] = {
    "EMA": "accept",
    "EMB": "arrive",
    "EMC": "depart",
    "EDD": "arrive",
    "EDE": "depart",
    "EMG": "arrive",
    # Held back is no invitation: a `hold` would tell the citizen to come.
    "EDF": "arrive",
    "EDG": "out_for_delivery",
    "EDH": "hold",
    "EMH": "attempt_failed",
    "EMI": "deliver",
}
_OUTWARD = {
    "accept": "EMA",
    "depart": "EDE",
    "pack": "EDE",
    "out_for_delivery": "EDG",
    "hold": "EDH",
    "attempt_failed": "EMH",
    "deliver": "EMI",
}


class Reason(Struct, frozen=True, kw_only=True):
    """A row of the dated table: the number that messages use for a reason, and the action that goes with it."""

    number: str
    reason: str
    action: str
    name_vi: str
    name_en: str
    valid_from: date
    valid_to: date | None
    status: str


class ItemEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of one item. Nobody's signature is ever in it."""

    sequence: int
    item: str
    code: str
    at: datetime
    office: str
    despatch: str | None = None
    receptacle: str | None = None
    condition: str | None = None
    reason: str | None = None
    action: str | None = None

    @property
    def analogy(self) -> bool:
        """Tell a code that is used for something that it does not mean."""
        return self.code in ANALOGY


class EventMessage(Struct, frozen=True, kw_only=True):
    """A message of events: `journal` names the numbering, `last` the number up to which it had gone on."""

    sender: str
    journal: str
    prepared_at: datetime
    last: int
    events: tuple[ItemEvent, ...]


class Handled(Struct, frozen=True, kw_only=True):
    """What bears on the code of one of our scans: its facts, what organisation scanned, and where the item goes."""

    kind: str
    organisation: str
    organisation_kind: Kind | None
    origin: str | None = None
    destination: str | None = None
    counterparty: str | None = None
    reason: str | None = None
    of_bag: bool = False


def code_of(scan: Handled) -> str | None:
    """Give the code of a scan; None for what has none, as all that happens inside an agency."""
    if scan.of_bag:
        return {"depart": "EMC", "arrive": "EMB"}.get(scan.kind) if scan.organisation_kind in POST else None
    if scan.kind in {"receive", "arrive", "unpack"}:
        return _arrival(scan)
    return _OUTWARD.get(scan.kind) if scan.organisation_kind in POST else None


def _arrival(scan: Handled) -> str | None:
    if scan.organisation_kind not in POST:
        # The handover to the agency delivers what was bound for it, or brings back what it had sent.
        ends = scan.kind == "receive" and scan.organisation in (scan.destination, scan.origin)
        return "EMI" if ends else None
    if scan.kind == "receive" and scan.counterparty is not None and scan.counterparty == scan.origin:
        return "EMA"
    if scan.reason == HELD_AT_DEPOT:
        return "EDF"
    return "EMG" if scan.organisation_kind is Kind.POST_OFFICE and scan.kind != "unpack" else "EDD"


def kind_of_scan(event: ItemEvent, destination: str | None) -> str:
    """Give the kind of scan that a domestic event is; `destination` is where the item is registered for.

    The post's word alone delivers nothing to an agency: such a delivery is an offer, and the agency's scan receives.
    """
    if event.code == "EMI" and destination not in (None, CITIZEN):
        return "offer"
    return _INWARD[event.code]


def scan_of(
    event: ItemEvent, *, destination: str | None, reason: str | None, by: str, place: str | None, seed: str
) -> dict[str, Any]:
    """Write an event as a scan of the partner's device, under an id that the same event always has."""
    kind = kind_of_scan(event, destination)
    scan = {
        "id": str(scan_id(event.at, seed, str(event.sequence))),
        "seq": event.sequence,
        "kind": kind,
        "code": event.item,
        "by": by,
        "place": place,
        "occurred_at": local(event.at),
        "manifest": event.despatch,
        "counterparty": destination if kind == "offer" else None,
        "condition": event.condition,
        "reason": HELD_AT_DEPOT if event.code == "EDF" else reason,
    }
    return {name: value for name, value in scan.items() if value is not None}


def scan_id(at: datetime, *parts: str) -> UUID:
    """Make a UUIDv7 of an instant whose other bits are a digest, so that the same thing has the same id."""
    bits = int.from_bytes(hashlib.sha256("\x00".join(parts).encode()).digest()[:10])
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62 & 0xFFF) << 64 | 2 << 62 | bits & (2**62 - 1))


def reason_for(event: ItemEvent, table: Mapping[str, Reason]) -> str | None:
    """Look up the reason of an unsuccessful delivery by its number, in the table of the event's day."""
    if event.code != "EMH" or event.reason is None:
        return None
    known = table.get(event.reason)
    if known is None:
        raise bad(
            "post.reason_unknown",
            f"Chưa có lý do số {event.reason} trong bảng mã; sự kiện được giữ lại, quản trị cần bổ sung bảng",
            f"The table has no reason {event.reason}; the event is kept until an administrator adds it",
            "/reason",
        )
    return known.reason


def numbered(reason: str | None, table: Mapping[str, Reason]) -> Reason | None:
    """Find the number of one of our reasons."""
    return next((each for each in table.values() if each.reason == reason), None)


def event_json(event: ItemEvent) -> dict[str, Any]:
    """Write an event as JSON has it."""
    fields = {
        "sequence": event.sequence,
        "itemId": event.item,
        "eventCode": event.code,
        "eventTime": local(event.at),
        "officeCode": event.office,
        "despatch": event.despatch,
        "receptacle": event.receptacle,
        "condition": event.condition,
        "reason": event.reason,
        "action": event.action,
        "byAnalogy": True if event.analogy else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def message_json(message: EventMessage) -> dict[str, Any]:
    """Write a message as JSON has it."""
    return {
        "format": FORMAT,
        "sender": message.sender,
        "journal": message.journal,
        "preparedAt": local(message.prepared_at),
        "lastSequence": message.last,
        "events": [event_json(event) for event in message.events],
    }


def read_event(value: Any, received_at: datetime) -> ItemEvent:
    """Read one event, whatever its code: whether we know it is asked later, so that it is kept."""
    given = object_of(value)
    return ItemEvent(
        sequence=sequence_of(given),
        item=item(needed(given, "itemId", 32), "/itemId"),
        code=_code(given),
        at=instant(given, "eventTime", received_at),
        office=number(given, "officeCode"),
        despatch=number(given, "despatch") if given.get("despatch") else None,
        receptacle=number(given, "receptacle") if given.get("receptacle") else None,
        condition=_of(given, "condition", CONDITIONS),
        reason=_numeral(given, "reason"),
        action=_of(given, "action", ACTIONS),
    )


def refuse_unless_domestic(event: ItemEvent) -> None:
    """Raise for a code that says nothing of a domestic item; the row is kept."""
    if event.code in DOMESTIC:
        return
    if event.code in INTERNATIONAL:
        raise bad(
            "post.event_international",
            f"{event.code} là sự kiện quốc tế, không áp dụng cho bưu gửi trong nước; dòng này được giữ lại",
            f"{event.code} is of international mail and says nothing of a domestic item; the row is kept",
            "/eventCode",
        )
    raise bad(
        "post.event_unknown",
        f"Không biết mã sự kiện {event.code}; dòng này được giữ lại",
        f"The event code {event.code} is unknown; the row is kept",
        "/eventCode",
    )


def sequence_of(given: Given) -> int:
    """Give the sender's running number of an event."""
    sequence = whole(given, "sequence", 1, 2**53 - 1)
    if sequence is None:
        raise bad("post.missing", "Thiếu sequence", "sequence is missing", "/sequence")
    return sequence


def _code(given: Given) -> str:
    code = needed(given, "eventCode", 3)
    if len(code) != 3 or not (code.isascii() and code.isalnum() and code == code.upper()):
        raise bad(
            "post.event_code", "Mã sự kiện gồm 3 chữ in hoa", "An event code has 3 capitals", "/eventCode"
        )
    return code


def _of(given: Given, name: str, allowed: frozenset[str]) -> str | None:
    value = text(given, name, 32)
    if value is not None and value not in allowed:
        words = ", ".join(sorted(allowed))
        raise bad("post.word", f"{name} phải là: {words}", f"{name} must be one of: {words}", f"/{name}")
    return value


def _numeral(given: Given, name: str) -> str | None:
    value = text(given, name, 3)
    if value is not None and not (value.isascii() and value.isdigit()):
        raise bad("post.word", f"{name} là số có 2 chữ số", f"{name} is a number of 2 digits", f"/{name}")
    return value


class Header(Struct, frozen=True, kw_only=True):
    """What a message says of itself."""

    journal: str
    prepared_at: datetime
    last: int


def read_header(given: Given, received_at: datetime) -> Header:
    """Read what a message says of itself; another format than ours is refused whole."""
    if given.get("format") != FORMAT:
        raise bad("post.format", f"Chỉ nhận định dạng {FORMAT}", f"The format must be {FORMAT}", "/format")
    last = whole(given, "lastSequence", 0, 2**53 - 1)
    journal = number(given, "journal")
    if last is None or "/" in journal:
        raise bad("post.missing", "Thiếu journal hoặc lastSequence", "journal or lastSequence is missing")
    return Header(journal=journal, prepared_at=instant(given, "preparedAt", received_at), last=last)
