"""The life of an incident: opened, papers issued anew, liability documented, paid, closed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from manifests.incidents import repository
from manifests.incidents.rules import (
    CLOSED,
    LIABILITY,
    OPENED,
    PAID,
    STEP,
    Answering,
    Cause,
    Claim,
    Compensation,
    Fare,
    Incident,
    Journey,
    ReissueState,
    Standing,
    compensation_of,
    pay_due_of,
)
from manifests.incidents.service.facts import Facts, facts_of
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unprocessable
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from shipments.custody.repository import closure
from shipments.custody.rules import Phase

ENDED = frozenset({Phase.DELIVERED, Phase.RETURNED})
UNDER_WAY = frozenset({ReissueState.REQUESTED, ReissueState.ISSUED})


class IncidentView(Struct, frozen=True, kw_only=True):
    """An incident with everything that follows from it: who answers and why, what the law gives, the claims."""

    incident: Incident
    answering: Answering
    contents: tuple[str, ...]
    journey: Journey
    compensation: Compensation
    claims: list[Claim]


async def incident_view(piece: str, *, actor: Actor, now: datetime) -> IncidentView:
    """Show the incident of a piece that the actor sees."""
    incident = (await repository.get(piece, actor)).incident
    facts = await facts_of(piece, actor=actor, now=now)
    return IncidentView(
        incident=incident,
        answering=facts.answering(incident.opened_at),
        contents=facts.contents,
        journey=facts.journey,
        compensation=_compensation(incident, facts),
        claims=await repository.claims_for(piece),
    )


async def open_by_hand(piece: str, cause: Cause, *, actor: Actor, now: datetime) -> IncidentView:
    """Open the incident of a piece; what is lost is reported lost as well, so that custody knows."""
    facts = await facts_of(piece, actor=actor, now=now)
    organisation = _organisation(actor)
    async with unit_of_work():
        await _hold(piece)
        incident = await repository.find(piece)
        if incident is not None and incident.state is Standing.OPEN:
            raise Conflict(
                "incident.open_already",
                vi=f"{piece} đã có sự cố đang mở",
                en=f"There is an open incident for {piece}",
                piece=piece,
            )
        facts = await facts_of(piece, actor=actor, now=now)
        if cause is Cause.LOST and facts.custody.phase in ENDED:
            raise Conflict(
                "incident.delivered",
                vi=f"{piece} đã phát xong, không thể lập sự cố mất; hãy nhận khiếu nại",
                en=f"{piece} has been delivered and cannot be lost; lodge a claim instead",
                piece=piece,
            )
        rows = [_row(OPENED, piece, {"cause": cause.value}, actor, organisation, now)]
        if cause is Cause.LOST and facts.custody.phase is not Phase.LOST:
            rows.append(
                authored(
                    stream=Stream.SCAN,
                    kind="report",
                    code=piece,
                    occurred_at=now,
                    now=now,
                    actor_organisation=organisation,
                    person=actor.person,
                    body={"condition": "lost"},
                )
            )
        await record(rows)
        return await incident_view(piece, actor=actor, now=now)


async def reissue(
    piece: str, paper: int, state: ReissueState, cost: int, *, actor: Actor, now: datetime
) -> IncidentView:
    """Note how far the re-issue of one paper is, and what that step cost."""
    body: dict[str, Any] = {"paper": paper, "state": state.value}
    if cost:
        body["cost"] = cost
    return await _note(piece, STEP, body, actor=actor, now=now)


async def document(
    piece: str, amount: int | None, fare: int | None, *, actor: Actor, now: datetime
) -> IncidentView:
    """Record the document of liability: who makes it is liable, for no less than the law gives.

    Without an amount it is the least. A fare that no dated row gives must be stated from the voucher.
    """
    facts = await facts_of(piece, actor=actor, now=now)
    incident = (await repository.get(piece, actor)).incident
    stated = Fare(amount=fare, citation="Chứng từ", status="stated") if fare is not None else facts.fare
    owed = compensation_of(incident.cause, stated, incident.reissue_cost, facts.constants)
    if owed.fare_needed or owed.least is None:
        raise Unprocessable(
            "incident.fare_needed",
            vi="Cần xác định cước: hãy nhập cước ghi trên chứng từ",
            en="The fare must be determined: state the one on the voucher",
            pointer="/fare",
        )
    promised = owed.least if amount is None else amount
    if promised < owed.least:
        raise Unprocessable(
            "incident.below_floor",
            vi=f"Mức bồi thường tối thiểu là {owed.least} đồng ({owed.basis[0].citation})",
            en=f"The least compensation is {owed.least} đồng ({owed.basis[0].citation})",
            pointer="/amount",
            least=owed.least,
        )
    body = {
        "amount": promised,
        "fare": stated.amount if stated else None,
        "pay_due": canonical_instant(pay_due_of(now, facts.constants, facts.time)),
        "citation": owed.basis[0].citation,
    }
    return await _note(piece, LIABILITY, body, actor=actor, now=now)


async def pay(piece: str, amount: int, *, actor: Actor, now: datetime) -> IncidentView:
    """Record the payment, which the law wants made at once and whole."""
    return await _note(piece, PAID, {"amount": amount}, actor=actor, now=now)


async def close(piece: str, outcome: str, *, actor: Actor, now: datetime) -> IncidentView:
    """Close the incident by the code of its outcome."""
    allowed = [each.code for each in await law.reasons_at(local_day(now)) if each.applies_to == "incident"]
    if outcome not in allowed:
        raise Unprocessable(
            "incident.outcome",
            vi=f"Không có mã kết quả {outcome}",
            en=f"{outcome} is no outcome of an incident",
            pointer="/outcome",
            outcomes=allowed,
        )
    return await _note(piece, CLOSED, {"outcome": outcome}, actor=actor, now=now)


async def _note(piece: str, kind: str, body: dict[str, Any], *, actor: Actor, now: datetime) -> IncidentView:
    organisation = _organisation(actor)
    await repository.get(piece, actor)
    async with unit_of_work():
        await _hold(piece)
        found = await repository.get(piece, actor)
        refuse_stranger(found.incident, found.claims, actor)
        _refuse_untimely(found.incident, kind, body)
        kept = {name: value for name, value in body.items() if value is not None}
        await record([_row(kind, piece, kept, actor, organisation, now)])
        return await incident_view(piece, actor=actor, now=now)


def refuse_stranger(incident: Incident, claims: Collection[str], actor: Actor) -> None:
    """Raise unless the actor's organisation answers for the piece, is liable, or opened the incident."""
    parties = {*claims, incident.liable, incident.opened_by}
    if not parties & actor.sees:
        raise Forbidden(
            "incident.not_yours",
            vi="Sự cố này do bên đang chịu trách nhiệm xử lý",
            en="It is for the party that answers for the piece to settle",
        )


def _refuse_untimely(incident: Incident, kind: str, body: dict[str, Any]) -> None:
    if incident.state is Standing.CLOSED:
        raise Conflict(
            "incident.closed", vi="Sự cố đã kết thúc", en="The incident is closed", piece=incident.piece
        )
    if kind == LIABILITY and incident.paid is not None:
        raise _paid_already()
    if kind == PAID:
        if incident.amount is None:
            raise Conflict(
                "incident.not_documented",
                vi="Chưa có văn bản xác định trách nhiệm bồi thường",
                en="There is no document of liability yet",
            )
        if incident.paid is not None:
            raise _paid_already()
        if body["amount"] != incident.amount:
            raise Conflict(
                "incident.other_amount",
                vi=f"Phải chi trả một lần đúng {incident.amount} đồng",
                en=f"Exactly {incident.amount} đồng must be paid, at once",
                amount=incident.amount,
            )
    if kind == CLOSED:
        _refuse_early_end(incident, body["outcome"])


def _refuse_early_end(incident: Incident, outcome: str) -> None:
    open_papers = [each.paper for each in incident.reissues if each.state in UNDER_WAY]
    if open_papers:
        raise Conflict(
            "incident.reissue_open",
            vi="Còn giấy tờ đang cấp lại, chưa thể kết thúc",
            en="Papers are still being issued anew",
            papers=open_papers,
        )
    owes = incident.amount is not None and incident.paid is None
    if owes or (outcome == "INCIDENT_COMPENSATED" and incident.paid is None):
        raise Conflict(
            "incident.not_paid",
            vi="Chưa chi trả bồi thường, chưa thể kết thúc",
            en="The compensation has not been paid",
            amount=incident.amount,
        )


def _paid_already() -> Conflict:
    return Conflict("incident.paid", vi="Đã chi trả bồi thường", en="The compensation was paid already")


def _compensation(incident: Incident, facts: Facts) -> Compensation:
    stated = (
        Fare(amount=incident.fare, citation="Chứng từ", status="stated")
        if incident.fare is not None
        else facts.fare
    )
    return compensation_of(incident.cause, stated, incident.reissue_cost, facts.constants)


def _organisation(actor: Actor) -> str:
    if actor.organisation is None:
        raise Forbidden(
            "incident.no_organisation",
            vi="Việc này phải do một đơn vị thực hiện",
            en="This is for an organisation to do",
        )
    return actor.organisation


async def _hold(piece: str) -> None:
    """Lock the piece and what is packed in it, in the order that every writer of the ledger keeps."""
    await lock_codes({piece, *await closure([piece])})


def _row(
    kind: str, piece: str, body: dict[str, Any], actor: Actor, organisation: str | None, now: datetime
) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=piece,
        occurred_at=now,
        now=now,
        actor_organisation=organisation,
        person=actor.person,
        body=body,
    )
