"""Working a case: giving it to somebody, adding evidence, settling it."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from manifests.discrepancies import repository
from manifests.discrepancies.rules import (
    ASSIGNED,
    EVIDENCED,
    RESOLVED,
    Discrepancy,
    Proof,
    Proofs,
    Reason,
    Standing,
    ends_in_loss,
)
from manifests.discrepancies.service.records import deadline_of, loss, telling
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unprocessable
from postal.identifiers import new_id
from postal.identity.repository.people import list_people
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.rules import canonical_instant, commitment
from postal.ledger.service import record
from postal.network.rules import local_day
from shipments.custody.repository import closure
from shipments.custody.rules import LOSS_STATED

SALT_BYTES = 16

PROOF_WORDS: dict[Proof, tuple[str, str]] = {
    Proof.NOTE: ("lời giải trình", "an explanation in words"),
    Proof.FILE: ("ảnh hoặc giấy tờ", "a photo or a paper"),
    Proof.SEAL: ("số niêm phong", "the number of a seal"),
    Proof.SCAN: ("lượt quét sau khi mở vụ việc", "a scan made since the case was opened"),
}


async def resolve(
    discrepancy: UUID, resolution: str, *, actor: Actor, now: datetime, note: str | None = None
) -> Discrepancy:
    """Settle a case by a reason in force; its owner does, or either side of the manifest.

    Raises Unprocessable for a reason that is unknown, does not fit the class, or wants proof that is not there.
    """
    reason = await _reason(resolution, now)
    async with unit_of_work():
        found = await _held(discrepancy, actor)
        _require_open(found)
        if found.line_class not in reason.classes:
            raise Unprocessable(
                "discrepancy.reason_unfit",
                vi=f"Lý do “{reason.name_vi}” không dùng cho loại chênh lệch này",
                en=f"“{reason.name_en}” is no way to settle this kind of discrepancy",
                pointer="/resolution",
                classes=list(reason.classes),
            )
        proofs = await repository.proofs_of(found)
        _require_proof(reason, proofs, note)
        gone = ends_in_loss(found.line_class, reason.code)
        await _say(RESOLVED, found, {"resolution": reason.code}, note, actor, now, gone=gone)
        return await repository.get(discrepancy, actor)


async def assign(
    discrepancy: UUID,
    *,
    organisation: str | None,
    person: str | None,
    actor: Actor,
    now: datetime,
) -> Discrepancy:
    """Give a case to a person of the caller's own organisation, or to the other party of its manifest.

    A new organisation has its own time to answer; a new person of the same one has what is left.
    """
    async with unit_of_work():
        found = await _held(discrepancy, actor)
        _require_open(found)
        owner = organisation or found.owner
        body: dict[str, Any] = {"owner": owner, "deadline": canonical_instant(found.deadline)}
        if owner != found.owner:
            await _require_party(owner, found)
            body["deadline"] = canonical_instant(await deadline_of(owner, now))
        if person is not None:
            await _require_colleague(person, owner, actor, now)
            body["assignee"] = person
        await _say(ASSIGNED, found, body, None, actor, now)
        return await repository.get(discrepancy, actor)


async def attach(
    discrepancy: UUID,
    *,
    note: str | None,
    seal: str | None,
    actor: Actor,
    now: datetime,
) -> Discrepancy:
    """Add evidence to a case: words, or the number of a seal. Photos and papers are attached as files."""
    if seal is None and note is None:
        raise Unprocessable(
            "discrepancy.no_evidence",
            vi="Hãy nhập giải trình hoặc số niêm phong",
            en="Give words or the number of a seal",
        )
    body = {"seal": seal} if seal is not None else {}
    async with unit_of_work():
        found = await _held(discrepancy, actor)
        await _say(EVIDENCED, found, body, note, actor, now)
        return await repository.get(discrepancy, actor)


async def _held(discrepancy: UUID, actor: Actor) -> Discrepancy:
    """Lock a case and read it again, for an actor that works for an organisation."""
    found = await repository.get(discrepancy, actor)
    if actor.organisation is None:
        raise Forbidden(
            "discrepancy.not_yours", vi="Chênh lệch này của đơn vị khác", en="It is for its parties to settle"
        )
    await lock_codes({found.manifest, found.piece, *await closure([found.piece])})
    return await repository.get(discrepancy, actor)


async def _say(
    kind: str,
    case: Discrepancy,
    body: dict[str, Any],
    note: str | None,
    actor: Actor,
    now: datetime,
    *,
    gone: bool = False,
) -> None:
    row_id = new_id(now)
    if note is not None:
        salt = secrets.token_bytes(SALT_BYTES)
        await repository.add_note(row_id, salt, note)
        body = {**body, "note_commitment": commitment(salt, note)}
    who = {"organisation": actor.organisation, "person": actor.person}
    rows = [telling(kind, case, body, **who, now=now, id=row_id)]
    if gone:
        rows.append(loss(LOSS_STATED, case, **who, now=now))
    await record(rows)


async def _reason(code: str, now: datetime) -> Reason:
    reasons = await repository.reasons_at(local_day(now))
    if code not in reasons or not reasons[code].by_hand:
        raise Unprocessable(
            "discrepancy.reason_unknown",
            vi="Không có lý do này, hoặc lý do đã hết hiệu lực",
            en="There is no such reason, or it is no longer in force",
            pointer="/resolution",
            reasons=sorted(one.code for one in reasons.values() if one.by_hand),
        )
    return reasons[code]


def _require_open(case: Discrepancy) -> None:
    if case.state is Standing.RESOLVED:
        raise Conflict(
            "discrepancy.resolved", vi="Chênh lệch đã được giải quyết", en="It was resolved already"
        )


def _require_proof(reason: Reason, proofs: Proofs, note: str | None) -> None:
    lacking = [
        proof for proof in proofs.lacking(reason.requires) if not (proof is Proof.NOTE and note is not None)
    ]
    if lacking:
        wanted_vi, wanted_en = (", ".join(PROOF_WORDS[proof][n] for proof in lacking) for n in (0, 1))
        raise Unprocessable(
            "discrepancy.proof_lacking",
            vi=f"Muốn giải quyết bằng “{reason.name_vi}” còn thiếu: {wanted_vi}",
            en=f"To settle it as “{reason.name_en}” there must first be {wanted_en}",
            pointer="/resolution",
            lacking=[proof.value for proof in lacking],
        )


async def _require_party(organisation: str, case: Discrepancy) -> None:
    if organisation not in await repository.parties_of(case.manifest):
        raise Unprocessable(
            "discrepancy.not_a_party",
            vi="Chỉ giao được vụ việc cho một bên của bảng kê",
            en="A case is given to a party of its manifest",
            pointer="/organisation",
        )


async def _require_colleague(person: str, owner: str, actor: Actor, now: datetime) -> None:
    """Raise unless the person works for the owner, and the owner is the actor's own organisation."""
    known = await list_people([owner], code=person, limit=1) if owner in actor.sees else ()
    if not any(role.is_held(now) for one in known for role in one.assignments):
        raise Unprocessable(
            "discrepancy.person_unknown",
            vi="Chỉ giao được vụ việc cho người của đơn vị mình",
            en="A case is given to somebody of your own organisation",
            pointer="/person",
        )
