"""Event messages of a partner become scans of its device, through the same service as every other device's."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.inbox.rules import TOO_EARLY, Inbound, Understood
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from integrations.post.repository import events as repository
from integrations.post.repository.events import KeptEvent
from integrations.post.rules.events import (
    Header,
    ItemEvent,
    Reason,
    read_event,
    read_header,
    reason_for,
    refuse_unless_domestic,
    scan_of,
    sequence_of,
)
from integrations.post.rules.lines import parsed
from integrations.post.rules.reading import bad, decoded, object_of, rows_of, told
from integrations.post.service import setup
from integrations.post.service.answers import understood
from postal.db import unit_of_work
from postal.errors import PostalError
from postal.network.rules import local_day
from shipments.custody.rules.wire import ScanBatch
from shipments.custody.service import receive_batch
from shipments.pieces import repository as pieces
from shipments.pieces.rules import Piece

DELIVERED = "EMI"


class Told(Struct):
    """A row of a message on its way: what was read of it, and what becomes of it."""

    raw: Any
    sequence: int | None = None
    event: ItemEvent | None = None
    refusal: dict[str, Any] | None = None
    scan: dict[str, Any] | None = None
    repeated: bool = False
    apart: bool = False
    """Its number is of another event: nothing of it is sent on or kept under that number."""

    @property
    def goes_on(self) -> bool:
        """Tell whether the row is sent on with the scans, by its number: what repeats or waits is not."""
        waits = self.refusal is not None and self.refusal["outcome"] == "waiting"
        return self.sequence is not None and not (self.repeated or self.apart or waits)

    @property
    def digest(self) -> bytes:
        """Digest the row as it came."""
        return hashlib.sha256(msgspec.json.encode(self.raw, order="deterministic")).digest()


class Context(Struct, frozen=True):
    """What rows of a message are judged by."""

    partner: Partner
    header: Header
    received_at: datetime
    places: Mapping[str, str]
    pieces: Mapping[str, Piece]
    reasons: Mapping[date, Mapping[str, Reason]]
    before: Mapping[int, KeptEvent]
    device: str


async def take_events(inbound: Inbound, now: datetime) -> Understood:
    """Make scans of a message of events; a row that cannot be one is kept, answered, and takes no other with it."""
    try:
        given = parsed(inbound.raw) if inbound.raw[:2] == b"H|" else object_of(decoded(inbound.raw))
        header = read_header(given, inbound.received_at)
        rows = [_read(raw, inbound.received_at) for raw in rows_of(given, "events")]
    except PostalError as refused:
        return Understood(state="failed", code=refused.code, message=refused.vi)
    context = await _context(inbound, header, rows, now)
    seen: dict[int, bytes] = {}
    for row in rows:
        _judge(row, context, seen)
    await _scan(rows, context, now)
    await _keep(rows, context, now)
    results = [{"row": n} | _answer(row) for n, row in enumerate(rows)]
    return understood(results, [row.event.item for row in rows if row.event])


def _read(raw: Any, received_at: datetime) -> Told:
    row = Told(raw)
    try:
        row.sequence = sequence_of(object_of(raw))
        row.event = read_event(raw, received_at)
    except PostalError as refused:
        row.refusal = told(refused)
    return row


async def _context(inbound: Inbound, header: Header, rows: Sequence[Told], now: datetime) -> Context:
    partner, events = inbound.partner, [row.event for row in rows if row.event]
    settings = setup.settings_of(partner)
    own = (await partners.actor_of(partner, now)).sees
    known = own | await setup.offices_below(partner)
    places = {event.office: settings.offices.get(event.office, event.office) for event in events}
    days = {local_day(event.at) for event in events}
    return Context(
        partner=partner,
        header=header,
        received_at=inbound.received_at,
        places={theirs: ours for theirs, ours in places.items() if ours in known},
        pieces=await pieces.find_many({event.item for event in events}),
        reasons={day: await repository.reasons_on(day) for day in sorted(days)},
        before=await repository.told_before(
            partner.code, header.journal, {row.sequence for row in rows if row.sequence}
        ),
        device=await setup.ensure_device(partner, now),
    )


def _judge(row: Told, context: Context, seen: dict[int, bytes]) -> None:
    """Decide what becomes of a row: a scan, a repetition, kept for later, or refused."""
    if row.sequence is None:
        return
    before = context.before.get(row.sequence)
    first = before.digest if before else seen.setdefault(row.sequence, row.digest)
    if first != row.digest:
        row.refusal = told(
            bad(
                "post.sequence_reused",
                f"Số thứ tự {row.sequence} đã dùng cho sự kiện khác",
                f"The sequence {row.sequence} is of another event already",
                "/sequence",
            )
        )
        row.apart = True
    elif before is not None and before.outcome == "scanned":
        row.repeated = True
    elif row.event is not None:
        try:
            row.scan = _translated(row.event, context)
        except PostalError as refused:
            outcome = (
                "kept" if refused.code in KEPT else "waiting" if refused.code == TOO_EARLY else "refused"
            )
            row.refusal = told(refused) | {"outcome": outcome}


KEPT = frozenset({"post.event_unknown", "post.event_international", "post.reason_unknown"})


def _translated(event: ItemEvent, context: Context) -> dict[str, Any]:
    refuse_unless_domestic(event)
    if event.office not in context.places:
        raise bad(
            "post.office_unknown",
            f"Không có bưu cục {event.office} trong đơn vị của đối tác",
            f"The partner's organisation has no office {event.office}",
            "/officeCode",
        )
    piece = context.pieces.get(event.item)
    if event.code == DELIVERED and piece is None:
        raise bad(
            TOO_EARLY,
            f"Chưa biết {event.item} gửi đi đâu; sẽ thử lại khi bưu gửi được đăng ký",
            f"It is not known yet where {event.item} goes; it is tried again once the item is registered",
            "/itemId",
        )
    return scan_of(
        event,
        destination=piece.destination if piece else None,
        reason=reason_for(event, context.reasons[local_day(event.at)]),
        by=context.device,
        place=context.places[event.office],
        seed=f"{context.partner.id}:{context.header.journal}",
    )


async def _scan(rows: Sequence[Told], context: Context, now: datetime) -> None:
    """Send the scans as the partner's device; rows that are none go along, so that their numbers are not missed."""
    actor = await partners.actor_of(context.partner, now)
    uploads: dict[int, Any] = {}
    for row in rows:
        if row.sequence is not None and row.goes_on:
            uploads.setdefault(row.sequence, row.scan or {"seq": row.sequence, "kind": "post.event"})
    batch = ScanBatch(
        device=context.device,
        epoch=context.header.journal,
        # A server's clock is kept by its operator: what it says is taken as it is, whenever we come to read it.
        sent_at=now,
        last_seq=max([context.header.last, *uploads]),
        scans=list(uploads.values()),
    )
    answer = await receive_batch(batch, actor=actor, now=now)
    verdicts = dict(zip(uploads, answer.results, strict=True))
    for row in rows:
        if row.scan is not None and row.sequence is not None and verdicts[row.sequence].verdict == "refused":
            refused = verdicts[row.sequence]
            row.refusal = {"outcome": "refused", "code": refused.code, "message": refused.message}
            row.scan = None


async def _keep(rows: Sequence[Told], context: Context, now: datetime) -> None:
    kept: dict[int, KeptEvent] = {}
    for row in rows:
        if row.sequence is None or row.event is None or not row.goes_on:
            continue
        kept.setdefault(
            row.sequence,
            KeptEvent(
                partner=context.partner.code,
                journal=context.header.journal,
                sequence=row.sequence,
                digest=row.digest,
                scan=UUID(row.scan["id"]) if row.scan else None,
                outcome=row.refusal["outcome"] if row.refusal else "scanned",
                code=row.event.code,
                event=msgspec.json.encode(row.event).decode(),
                received_at=now,
            ),
        )
    async with unit_of_work():
        await repository.keep(list(kept.values()))


def _answer(row: Told) -> dict[str, Any]:
    about = {"sequence": row.sequence} | ({"itemId": row.event.item} if row.event else {})
    if row.refusal is not None:
        return about | row.refusal
    return about | {"outcome": "repeated" if row.repeated else "scanned"}
