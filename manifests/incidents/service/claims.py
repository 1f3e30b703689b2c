"""Claims of citizens: lodged in writing at a counter, judged by their window, answered within their limit."""

import secrets
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from manifests.incidents import repository
from manifests.incidents.repository import Claimant
from manifests.incidents.rules import (
    ANSWERED,
    LODGED,
    Claim,
    ClaimKind,
    ClaimState,
    Compensation,
    Journey,
    answer_of,
    compensation_of,
    window_of,
)
from manifests.incidents.service.facts import facts_of
from manifests.manifests.rules import ALPHABET, SUFFIX_LENGTH
from postal.audit import looks
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unavailable, Unprocessable
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, canonical_instant, commitment
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from shipments.custody.repository import closure

SALT_BYTES = 16
TRIES = 20


class ClaimView(Struct, frozen=True, kw_only=True):
    """A claim with what it is judged by; `claimant` is shown to the organisation that took it alone."""

    claim: Claim
    journey: Journey
    compensation: Compensation
    claimant: Claimant | None = None


async def claim_view(code: str, *, actor: Actor, now: datetime) -> ClaimView:
    """Show a claim for a piece that the actor sees."""
    claim = await repository.get_claim(code, actor)
    facts = await facts_of(claim.piece, actor=actor, now=now)
    incident = await repository.find(claim.piece)
    owed = compensation_of(claim.kind, facts.fare, incident.reissue_cost if incident else 0, facts.constants)
    mine = claim.lodged_by in actor.sees
    claimant = await repository.find_claimant(code) if mine else None
    if claimant is not None:
        told = asdict(claimant)
        looks.note([code], {name for name in ("name", "phone", "address") if told[name]}, about=claim.piece)
    return ClaimView(
        claim=claim,
        journey=facts.journey,
        compensation=owed,
        claimant=claimant,
    )


async def lodge(
    piece: str,
    kind: ClaimKind,
    claimant: Claimant,
    *,
    lodged_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> ClaimView:
    """Take a claim for a piece; one that comes too late is kept and refused, with the day and the text."""
    at = lodged_at or now
    if at > now:
        raise Unprocessable(
            "claim.in_the_future",
            vi="Ngày khiếu nại ở tương lai",
            en="The claim lies in the future",
            pointer="/lodged_at",
        )
    facts = await facts_of(piece, actor=actor, now=now)
    if actor.organisation is None:
        raise _not_yours()
    window = window_of(kind, facts.journey, facts.constants, facts.time)
    answer_by = answer_of(at, facts.journey.zone, facts.constants, facts.time)
    late = window.over_on(local_day(at))
    async with unit_of_work():
        await lock_codes({piece, *await closure([piece])})
        await _refuse_second(piece, kind)
        code = await _code(now)
        salt = secrets.token_bytes(SALT_BYTES)
        said = msgspec.json.encode(claimant, order="deterministic").decode()
        body = {
            "claim": code,
            "kind": kind.value,
            "claimant": commitment(salt, said),
            "window_from": window.start.isoformat() if window.start else None,
            "last_day": window.last.isoformat() if window.last else None,
            "window_citation": window.citation,
            "late": True if late else None,
            "answer_due": None if late else canonical_instant(answer_by.due),
            "answer_citation": None if late else answer_by.citation,
        }
        await repository.add_claimant(code, claimant, salt, now)
        kept = {name: value for name, value in body.items() if value is not None}
        await record([_row(LODGED, piece, kept, at, actor, now)])
        return await claim_view(code, actor=actor, now=now)


async def answer(code: str, outcome: str, *, actor: Actor, now: datetime) -> ClaimView:
    """Answer a claim by the code of the outcome."""
    allowed = [each.code for each in await law.reasons_at(local_day(now)) if each.applies_to == "claim"]
    if outcome not in allowed:
        raise Unprocessable(
            "claim.outcome",
            vi=f"Không có mã trả lời {outcome}",
            en=f"{outcome} is no answer to a claim",
            pointer="/outcome",
            outcomes=allowed,
        )
    claim = await repository.get_claim(code, actor)
    async with unit_of_work():
        await lock_codes({claim.piece, *await closure([claim.piece])})
        claim = await repository.get_claim(code, actor)
        _refuse_answer(claim, actor)
        await record([_row(ANSWERED, claim.piece, {"claim": code, "outcome": outcome}, now, actor, now)])
        return await claim_view(code, actor=actor, now=now)


async def erase(code: str, *, actor: Actor, now: datetime) -> None:
    """Forget who claims; the claim and every proof about it stay."""
    claim = await repository.get_claim(code, actor)
    if claim.lodged_by not in actor.sees:
        raise _not_yours()
    async with unit_of_work():
        await repository.erase_claimant(code, now)


def _refuse_answer(claim: Claim, actor: Actor) -> None:
    if claim.lodged_by not in actor.sees:
        raise _not_yours()
    if claim.state is ClaimState.REFUSED_LATE:
        raise Conflict(
            "claim.late",
            vi=f"Khiếu nại đã quá thời hiệu ngày {claim.last_day} ({claim.window_citation})",
            en=f"The claim came after {claim.last_day}, the last day ({claim.window_citation})",
            claim=claim.code,
        )
    if claim.state is ClaimState.ANSWERED:
        raise Conflict(
            "claim.answered",
            vi="Khiếu nại đã được trả lời",
            en="The claim was answered already",
            claim=claim.code,
        )


async def _refuse_second(piece: str, kind: ClaimKind) -> None:
    for claim in await repository.claims_for(piece):
        if claim.kind is kind:
            raise Conflict(
                "claim.lodged_already",
                vi=f"Đã có khiếu nại {claim.code} về việc này",
                en=f"There is a claim for this already: {claim.code}",
                claim=claim.code,
            )


async def _code(now: datetime) -> str:
    for _ in range(TRIES):
        # Random, so that nobody who has seen one claim can guess another one.
        suffix = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
        if not await repository.claim_exists(code := f"KN-{local_day(now):%y%m%d}-{suffix}"):
            return code
    raise Unavailable(
        "claim.no_code", vi="Chưa cấp được mã khiếu nại, hãy thử lại", en="No code could be chosen, try again"
    )


def _not_yours() -> Forbidden:
    return Forbidden(
        "claim.not_yours",
        vi="Khiếu nại này do đơn vị đã tiếp nhận trả lời",
        en="It is for the organisation that took the claim",
    )


def _row(kind: str, piece: str, body: Mapping[str, object], at: datetime, actor: Actor, now: datetime) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=piece,
        occurred_at=at,
        now=now,
        actor_organisation=actor.organisation,
        person=actor.person,
        body=body,
    )
