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
    SEEN,
    Announcement,
    Answer,
    AnswerLine,
    Direction,
    Reply,
    content_of,
    facts_of,
    read_predes,
    read_resdes,
)
from integrations.post.rules.events import scan_id
from integrations.post.rules.reading import bad, decoded, local, object_of
from integrations.post.service import setup
from integrations.post.service.answers import understood
from manifests.manifests import repository as manifests
from postal.db import unit_of_work
from postal.errors import Conflict, PostalError
from postal.identifiers import new_id
from postal.ledger.repository import lock_codes
from shipments.custody.rules.wire import ScanBatch
from shipments.custody.service import receive_batch


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
    """Take a partner's answer: what it has seen becomes its scans, all of it is kept as its word."""
    partner = inbound.partner
    try:
        reply = read_resdes(object_of(decoded(inbound.raw)), inbound.received_at)
    except PostalError as refused:
        return Understood(state="failed", code=refused.code, message=refused.vi)
    despatch = await repository.find(partner.code, Direction.OUT, reply.despatch)
    if despatch is None:
        message = "Chưa báo trước chuyến này cho đối tác; sẽ thử lại"
        return Understood(state="failed", code=TOO_EARLY, message=message, subjects=(reply.despatch,))
    said = await repository.answers(despatch.id, despatch.number)
    last = said[-1] if said else None
    if last is not None and reply.number <= last.number:
        same = any(
            each.number == reply.number and facts_of(each.lines) == facts_of(reply.lines) for each in said
        )
        outcome = "repeated" if same else "stale"
        return Understood(
            state="done",
            subjects=(reply.despatch,),
            results=[{"despatch": reply.despatch, "outcome": outcome}],
        )
    results = await _scanned(despatch, reply, last, partner, now)
    async with unit_of_work():
        held = await repository.lock(despatch.id)
        final = not any(line.outcome in OPEN for line in reply.lines)
        await repository.add_answer(held.id, _answer(reply, last), final=final, now=now)
    return understood(results or [{"despatch": reply.despatch, "outcome": "answered"}], [reply.despatch])


def _answer(reply: Reply, last: Answer | None) -> Answer:
    then = {line.piece: line.outcome for line in last.lines} if last else {}
    lines = tuple(
        replace(line, before=then.get(line.piece, "none"))
        if last is not None and then.get(line.piece) != line.outcome
        else line
        for line in reply.lines
    )
    return Answer(despatch=reply.despatch, number=reply.number, at=reply.at, lines=lines)


async def _scanned(
    despatch: Despatch, reply: Reply, last: Answer | None, partner: Partner, now: datetime
) -> list[dict[str, Any]]:
    """Scan what the partner has seen since its last answer; nobody's silence is a scan."""
    then = {line.piece: (line.outcome, line.condition) for line in last.lines} if last else {}
    news = [
        line
        for line in reply.lines
        if line.outcome in SEEN and then.get(line.piece) != (line.outcome, line.condition)
    ]
    device = await setup.ensure_device(partner, now)
    digest = hashlib.sha256(f"{partner.id}:{despatch.number}".encode()).hexdigest()[:12]
    batch = ScanBatch(
        device=device,
        epoch=f"resdes.{digest}.{reply.number}",
        sent_at=now,
        last_seq=len(news),
        scans=[_receipt(line, n, despatch, reply, device) for n, line in enumerate(news, 1)],
    )
    actor = await partners.actor_of(partner, now)
    answer = await receive_batch(batch, actor=actor, now=now)
    return [
        {"itemId": line.piece, "outcome": "refused", "code": verdict.code, "message": verdict.message}
        if verdict.verdict == "refused"
        else {"itemId": line.piece, "outcome": "scanned"}
        for line, verdict in zip(news, answer.results, strict=True)
    ]


def _receipt(line: AnswerLine, n: int, despatch: Despatch, reply: Reply, device: str) -> dict[str, Any]:
    seed = f"{despatch.id}:{reply.number}"
    scan = {
        "id": str(scan_id(reply.at, seed, line.piece)),
        "seq": n,
        "kind": "receive",
        "code": line.piece,
        "by": device,
        "occurred_at": local(reply.at),
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
