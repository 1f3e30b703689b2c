"""Despatches of a partner: what it announces to us, and what it answers to what we announced."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from integrations.inbox.rules import TOO_EARLY, Inbound, Understood
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from integrations.post.repository import despatches as repository
from integrations.post.repository.despatches import Despatch
from integrations.post.rules.despatches import (
    OPEN,
    Announcement,
    Answer,
    AnswerLine,
    Direction,
    content_of,
    read_predes,
    read_resdes,
)
from integrations.post.rules.reading import bad, decoded, local, object_of
from integrations.post.rules.replies import Receipt, TakenBack, scans_of, taken
from integrations.post.service import setup
from integrations.post.service.answers import understood
from manifests.manifests import repository as manifests
from postal.db import unit_of_work
from postal.errors import Conflict, PostalError
from postal.identifiers import new_id
from postal.ledger.repository import find_rows, lock_codes
from shipments.custody.rules.wire import ScanBatch
from shipments.custody.service import receive_within


async def take_predes(inbound: Inbound, now: datetime) -> Understood:
    """Keep what a partner announces; the same again changes nothing, and what was answered is not changed any more."""
    try:
        given = read_predes(object_of(decoded(inbound.raw)), inbound.received_at)
        announcement = await _placed(given, inbound.partner)
        async with unit_of_work():
            await lock_codes([f"despatch:{inbound.partner.code}:{announcement.number}"])
            outcome = await _announce(announcement, inbound.partner, now)
    except PostalError as refused:
        return Understood(state="failed", code=refused.code, message=refused.vi)
    rows = [{"despatch": announcement.number, "outcome": outcome, "rows": len(announcement.all_pieces)}]
    return Understood(state="done", subjects=(announcement.number,), results=rows)


async def _placed(given: Announcement, partner: Partner) -> Announcement:
    giver = await setup.party_of(partner, given.giver, "/sender")
    receiver = await setup.party_of(partner, given.receiver, "/receiver")
    if giver not in await setup.offices_below(partner):
        raise bad(
            "post.not_giver",
            "Chỉ báo trước được chuyến do đơn vị của mình gửi",
            "Only what your own organisation sends can be announced",
            "/sender",
        )
    if receiver == giver:
        raise bad("post.same_party", "Bên gửi và bên nhận phải khác nhau", "Sender and receiver must differ")
    return replace(given, giver=giver, receiver=receiver)


async def _announce(announcement: Announcement, partner: Partner, now: datetime) -> str:
    before = await repository.find(partner.code, Direction.IN, announcement.number)
    ours = (await manifests.find_many([announcement.number])).get(announcement.number)
    if ours is not None and (ours.giver, ours.receiver) != (announcement.giver, announcement.receiver):
        raise Conflict("post.number_taken", vi="Số chuyến này đã dùng", en="This number is taken")
    content = bytes.fromhex(content_of(announcement))
    if before is not None and before.content == content:
        return "repeated"
    if before is not None and before.answered_at is not None:
        raise Conflict(
            "post.predes_answered",
            vi="Chuyến này đã được trả lời; hãy báo trước bằng số khác",
            en="This despatch has been answered; announce another number",
        )
    await repository.add(_despatch(announcement, partner, Direction.IN, content, now))
    return "announced" if before is None else "changed"


def _despatch(
    announcement: Announcement, partner: Partner, direction: Direction, content: bytes, now: datetime
) -> Despatch:
    return Despatch(
        id=new_id(now),
        partner=partner.code,
        direction=direction,
        number=announcement.number,
        giver=announcement.giver,
        receiver=announcement.receiver,
        content=content,
        announcement=announcement,
        announced_at=now,
        answered_at=None,
        final=False,
        asked=False,
    )


async def announce_out(announcement: Announcement, partner: Partner, now: datetime) -> Despatch:
    """Keep what we announce to a partner, within the caller's unit of work; once for each number."""
    before = await repository.find(partner.code, Direction.OUT, announcement.number)
    if before is not None:
        return before
    content = bytes.fromhex(content_of(announcement))
    despatch = _despatch(announcement, partner, Direction.OUT, content, now)
    await repository.add(despatch)
    return despatch


async def take_resdes(inbound: Inbound, now: datetime) -> Understood:
    """Take a partner's answer: what it has seen becomes its scans, what it no longer says is taken back by scans."""
    partner = inbound.partner
    try:
        reply = read_resdes(object_of(decoded(inbound.raw)), inbound.received_at)
    except PostalError as refused:
        return Understood(state="failed", code=refused.code, message=refused.vi)
    despatch = await repository.find(partner.code, Direction.OUT, reply.despatch)
    if despatch is None:
        message = "Chưa báo trước chuyến này cho đối tác; sẽ thử lại"
        return Understood(state="failed", code=TOO_EARLY, message=message, subjects=(reply.despatch,))
    device = await setup.ensure_device(partner, now)
    async with unit_of_work():
        await repository.lock(despatch.id)
        said = await repository.answers(despatch.id, despatch.number)
        outcome, answer = taken(said, reply)
        results: list[dict[str, Any]] = []
        if answer is not None:
            results = await _scanned(despatch, [*said, answer], partner, device, now)
            final = not any(line.outcome in OPEN for line in answer.lines)
            await repository.add_answer(despatch.id, answer, final=final, now=now)
    return understood(results or [{"despatch": reply.despatch, "outcome": outcome}], [reply.despatch])


async def _scanned(
    despatch: Despatch, answers: Sequence[Answer], partner: Partner, device: str, now: datetime
) -> list[dict[str, Any]]:
    """Scan what the partner's answers come to and was not scanned yet; nobody takes back what never was a scan."""
    found = scans_of(despatch.id, answers)
    known = await find_rows({id_ for one in found.taken_back for id_ in (one.scan, one.receipt.scan)})
    gone = [one for one in found.taken_back if one.receipt.scan in known and one.scan not in known]
    changes: list[Receipt | TakenBack] = [*gone, *found.receipts]
    digest = hashlib.sha256(f"{partner.id}:{despatch.number}".encode()).hexdigest()[:12]
    batch = ScanBatch(
        device=device,
        epoch=f"resdes.{digest}.{answers[-1].number}",
        sent_at=now,
        last_seq=len(changes),
        scans=[_scan(change, n, despatch, device) for n, change in enumerate(changes, 1)],
    )
    answer = await receive_within(batch, actor=await partners.actor_of(partner, now), now=now)
    return [
        _result(change, verdict.code, verdict.message, refused=verdict.verdict == "refused")
        for change, verdict in zip(changes, answer.results, strict=True)
    ]


def _result(
    change: Receipt | TakenBack, code: str | None, message: str | None, *, refused: bool
) -> dict[str, Any]:
    back = isinstance(change, TakenBack)
    piece = change.receipt.line.piece if isinstance(change, TakenBack) else change.line.piece
    if refused:
        return {"itemId": piece, "outcome": "refused", "code": code, "message": message}
    return {"itemId": piece, "outcome": "taken_back" if back else "scanned"}


def _scan(change: Receipt | TakenBack, n: int, despatch: Despatch, device: str) -> dict[str, Any]:
    scan = {"id": str(change.scan), "seq": n, "by": device, "occurred_at": local(change.at)}
    if isinstance(change, TakenBack):
        taken_back = {"kind": "correct", "code": change.receipt.line.piece, "manifest": despatch.number}
        return scan | taken_back | {"corrects": str(change.receipt.scan)}
    line = change.line
    scan |= {
        "kind": "receive",
        "code": line.piece,
        "manifest": despatch.number,
        "counterparty": None if line.outcome == "extra" else despatch.giver,
        "condition": line.condition,
    }
    return {name: value for name, value in scan.items() if value is not None}


def message_id(*parts: str | UUID | int) -> UUID:
    """Name an outgoing message by what it says, so that it is enqueued once."""
    digest = hashlib.sha256(msgspec.json.encode([str(part) for part in parts])).digest()
    return UUID(bytes=digest[:16], version=5)


def pieces_of(lines: Sequence[AnswerLine]) -> list[str]:
    """Name the pieces of lines."""
    return [line.piece for line in lines]
