"""Registering dossiers and stating what becomes of their cases."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from postal.calendars import repository as calendars
from postal.calendars.rules import due_of
from postal.db import unit_of_work
from postal.errors import Conflict, NotFound, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.instants import utc
from postal.law import repository as law
from postal.law.rules import Procedure, not_in_force
from postal.ledger import service as ledger
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.dossiers import judging, projection, repository
from shipments.dossiers.rules import (
    DOSSIERS_A_DAY,
    CaseEvent,
    CaseKind,
    Dossier,
    Eligibility,
    Registering,
    ServiceMode,
    allotted_code,
    applicant_commitment,
    lines_commitment,
    own_code,
    piece_registration,
    refuse_other_channel,
    refuse_stranger,
    refuse_unless_eligible,
    refuse_without_office,
    registered_body,
)
from shipments.dossiers.rules.gate import TOLERANCE
from shipments.pieces import repository as pieces
from shipments.pieces import service as registration
from shipments.pieces.rules import CITIZEN, PieceKind, Registration, result_code

SALT_BYTES = 16


class Statement(Struct, frozen=True, kw_only=True):
    """One event of a case as its agency states it; an id makes it safe to send twice."""

    kind: CaseKind
    at: datetime | None = None
    id: UUID | None = None
    body: dict[str, Any] = field(default_factory=dict)


class ImportedEvent(Struct, frozen=True, kw_only=True):
    """One event of another system's log, with an id that is the same at every import."""

    dossier: str
    id: UUID
    kind: CaseKind
    at: datetime
    organisation: str
    body: dict[str, Any] = field(default_factory=dict)


async def register(registering: Registering, *, actor: Actor, now: datetime, key: bytes) -> Dossier:
    """Register a dossier that the law lets the post carry, under its own code or a chosen one."""
    at = registering.registered_at or now
    if at > now + TOLERANCE:
        raise Unprocessable(
            "dossier.in_the_future",
            vi="Thời điểm đăng ký ở tương lai",
            en="The registration lies in the future",
            pointer="/registered_at",
        )
    refuse_stranger(registering, actor.organisation, actor.sees)
    refuse_without_office(registering)
    refuse_other_channel(registering)
    async with unit_of_work():
        version = await admissible_version(registering, at)
        await refuse_unknown_parties(registering)
        code = await _code(registering, now, key)
        await lock_codes([code])
        if await pieces.find_many([code]):
            raise Conflict(
                "dossier.code_taken",
                vi="Mã hồ sơ đã được đăng ký",
                en="The code is registered already",
                pointer="/code",
            )
        await record_registered([(code, registering, version)], actor.organisation, actor.person, now, None)
    return (await repository.find_many([code]))[code]


async def import_dossiers(registerings: Sequence[Registering], *, now: datetime, source: str) -> int:
    """Take over dossiers of another system as they are, once each; give how many were new.

    Nothing is judged here: what the law would refuse is history there. Their ids and codes must be stated.
    """
    async with unit_of_work():
        named = [(each.code, each, each.procedure_version) for each in registerings if each.code is not None]
        if len(named) != len(registerings):
            raise ValueError("an imported dossier has a code")
        known = await pieces.find_many([code for code, _, _ in named])
        return await record_registered(
            [each for each in named if each[0] not in known], None, None, now, source
        )


async def import_events(events: Sequence[ImportedEvent], *, now: datetime, source: str) -> int:
    """Take over case events of another system without judging them; give how many were new. The fold flags them."""
    async with unit_of_work():
        dossiers = await repository.find_many({event.dossier for event in events})
        rows = [
            event_row(
                event.dossier,
                event.id,
                event.kind,
                event.at,
                now,
                event.organisation,
                None,
                event.body,
                source,
            )
            for event in events
        ]
        completed = [
            event for event in events if event.kind is CaseKind.COMPLETED and event.dossier in dossiers
        ]
        known = await pieces.find_many([result_code(event.dossier) for event in completed])
        first = {
            event.dossier: event
            for event in sorted(completed, key=lambda event: (event.at, event.id), reverse=True)
        }
        for code, event in first.items():
            if result_code(code) not in known:
                rows += result_rows(dossiers[code], event.at, now, event.organisation, None, source)
        outcomes = await ledger.record(rows)
    return sum(outcomes[event_id].status == "new" for event_id in {event.id for event in events})


async def state(code: str, statement: Statement, *, actor: Actor, now: datetime) -> Dossier:
    """Record one event of a case if the case allows it now; completing it makes the result a piece."""
    async with unit_of_work():
        await state_within(code, statement, actor=actor, now=now)
    return (await repository.find_many([code]))[code]


async def state_within(code: str, statement: Statement, *, actor: Actor, now: datetime) -> UUID:
    """Do the same in the caller's unit of work; give the id of the event."""
    await lock_codes([code, result_code(code)])
    dossier = await repository.get(code, actor)
    judging.refuse_other_agency(dossier, actor)
    events = await projection.events(code)
    event = CaseEvent(
        id=statement.id or new_id(now),
        kind=statement.kind,
        at=statement.at or now,
        organisation=actor.organisation,
        body=await completed_body(statement, dossier, now),
    )
    earlier = next((known for known in events if known.id == event.id), None)
    if earlier is not None:
        judging.refuse_other_content(earlier, statement.kind, statement.at, statement.body)
        return event.id
    await judging.refuse(dossier, events, event, actor, now)
    rows = [
        event_row(
            code, event.id, event.kind, event.at, now, actor.organisation, actor.person, event.body, None
        )
    ]
    if event.kind is CaseKind.COMPLETED and not await pieces.find_many([result_code(code)]):
        rows += result_rows(dossier, event.at, now, actor.organisation, actor.person, None)
    await ledger.record(rows)
    return event.id


async def admissible_version(registering: Registering, at: datetime) -> int:
    """Give the version that a dossier is registered under; raises what the law refuses."""
    procedure = await _procedure_on(registering, local_day(at))
    mode = registering.service_mode
    ways = {
        ServiceMode.SUBMIT: procedure.eligible_submit,
        ServiceMode.RETURN: procedure.eligible_return,
        ServiceMode.BOTH: procedure.eligible_submit and procedure.eligible_return,
    }
    eligibility = Eligibility(procedure.code, ways[mode], procedure.requires_presence, procedure.state_secret)
    refuse_unless_eligible(eligibility, mode)
    return procedure.version


async def _procedure_on(registering: Registering, day: date) -> Procedure:
    """The version in force, with what the list of the desk's province, or of the country, lets the post carry."""
    code = registering.procedure
    desk = (await network.find_many([registering.desk])).get(registering.desk)
    province = desk.province_code if desk else None
    if offers := await law.list_offers(day, codes=[code], limit=1, province=province):
        return offers[0].procedure
    if versions := await law.list_versions(code):
        raise not_in_force(code, day, versions)
    raise Unprocessable(
        "dossier.procedure_unknown",
        vi="Không có thủ tục này",
        en="There is no such procedure",
        pointer="/procedure",
    )


async def refuse_unknown_parties(registering: Registering) -> None:
    """Raise for a party that is no organisation."""
    named = {"authority": registering.authority, "desk": registering.desk, "office": registering.office}
    known = await network.find_many([party for party in named.values() if party])
    for name, party in named.items():
        if party is not None and party not in known:
            raise Unprocessable(
                "dossier.party_unknown",
                vi=f"Không có đơn vị {party}",
                en=f"There is no organisation {party}",
                pointer=f"/{name}",
            )


async def _code(registering: Registering, now: datetime, key: bytes) -> str:
    day = local_day(registering.registered_at or now)
    if registering.code is not None:
        # Asked for at its source: a pattern that was decided a moment ago holds for who registers by it.
        await registration.load_patterns()
        return own_code(registering.code, day)
    # Each agency and day has its own permutation, so that codes tell nothing about how many there were.
    prefix = f"{registering.authority}-{day:%Y%m%d}"
    (serial,) = await registration.allocate(prefix, registering.authority, now, 1, key, DOSSIERS_A_DAY)
    return allotted_code(registering.authority, day, serial)


async def record_registered(
    named: Sequence[tuple[str, Registering, int | None]],
    organisation: str | None,
    person: str | None,
    now: datetime,
    source: str | None,
) -> int:
    """Write registrations that were judged, with whose they are and their papers; give how many were new."""
    rows: list[Row] = []
    applicants, lines, pairs = {}, {}, {}
    for code, registering, version in named:
        salt = secrets.token_bytes(SALT_BYTES)
        applicant = applicant_commitment(salt, registering.applicant) if registering.applicant else None
        documents = lines_commitment(salt, registering.lines) if registering.lines else None
        body = registered_body(registering, version, applicant, documents)
        at = registering.registered_at or now
        by = organisation or registering.desk
        event_id = registering.id or new_id(now)
        rows += registration.register_pieces(
            [piece_registration(registering, code)],
            now=now,
            actor_organisation=by,
            person=person,
            occurred_at=at,
            source=source,
            ids=[registering.piece_id] if registering.piece_id else None,
        )
        rows.append(event_row(code, event_id, CaseKind.REGISTERED, at, now, by, person, body, source))
        pairs[event_id] = code
        if registering.applicant:
            applicants[code] = (registering.applicant, salt)
        if registering.lines:
            lines[code] = registering.lines
    outcomes = await ledger.record(rows)
    new = {code for event_id, code in pairs.items() if outcomes[event_id].status == "new"}
    await repository.add_applicants({code: kept for code, kept in applicants.items() if code in new}, now)
    await repository.add_lines({code: listed for code, listed in lines.items() if code in new})
    return len(new)


def event_row(
    code: str,
    event_id: UUID,
    kind: CaseKind,
    at: datetime,
    now: datetime,
    organisation: str | None,
    person: str | None,
    body: dict[str, Any],
    source: str | None,
) -> Row:
    """Make the row of an event."""
    return ledger.authored(
        id=event_id,
        stream=Stream.CASE,
        kind=kind.value,
        code=code,
        occurred_at=at,
        now=now,
        actor_organisation=organisation,
        person=person,
        body=body,
        source=source,
    )


def result_rows(
    dossier: Dossier,
    at: datetime,
    now: datetime,
    organisation: str | None,
    person: str | None,
    source: str | None,
) -> list[Row]:
    """Make the rows by which the result of a dossier becomes a piece."""
    result = Registration(
        code=result_code(dossier.code),
        kind=PieceKind.RESULT,
        origin=dossier.authority,
        destination=CITIZEN,
        authority=dossier.authority,
        direction="outbound",
        dossiers=(dossier.code,),
        service=dossier.service_mode.value,
    )
    return registration.register_pieces(
        [result], now=now, actor_organisation=organisation, person=person, occurred_at=at, source=source
    )


async def completed_body(statement: Statement, dossier: Dossier, now: datetime) -> dict[str, Any]:
    """Promise a due instant at receipt where the agency states none: by the version in force at registration."""
    if statement.kind is not CaseKind.RECEIVED or "due" in statement.body or dossier.due_first is not None:
        return statement.body
    procedure = await judging.procedure_of(dossier)
    if procedure is None:
        return statement.body
    try:
        time = await calendars.working_time(procedure.calendar)
    except NotFound:
        return statement.body
    due = due_of(time, statement.at or now, procedure.limit, procedure.convention)
    return {**statement.body, "due": utc(due).isoformat()}
