"""The log of nonconformities: each act is a record that stays; free text stands apart, erasable."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Conflict, Unavailable, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.ledger import service as ledger
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Stream, commitment
from postal.network.rules import local_day
from shipments.dossiers import judging
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import Dossier
from shipments.steps import repository
from shipments.steps.repository import Noted
from shipments.steps.rules import PREFIX, Origin, State, StepTime
from shipments.steps.rules.nonconformity import ACTED, ASSIGNED, CLOSED, OPENED, PUBLISHED
from shipments.steps.service.measuring import measure

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SUFFIX_LENGTH, TRIES, SALT_BYTES = 6, 5, 16
CAUSES = frozenset({"nonconformity", "any"})


class Opening(Struct, frozen=True, kw_only=True):
    """What is to be opened: about a case, or about one of its steps; one that took too long needs no words."""

    dossier: str
    span: int | None = None
    cause: str | None = None


async def open_(opening: Opening, *, actor: Actor, now: datetime) -> Noted:
    """Open a nonconformity by hand, or take up one that a step's hours propose."""
    async with unit_of_work():
        dossier = await dossiers.get(opening.dossier, actor)
        judging.refuse_other_agency(dossier, actor)
        await _refuse_cause(opening.cause, now)
        time = await _step(dossier, opening.span, now)
        if time is None and opening.cause is None:
            raise Unprocessable(
                "nonconformity.cause_missing",
                vi="Hãy chọn nguyên nhân, hoặc nêu bước đã quá thời gian",
                en="Choose a cause, or name the step that took too long",
                pointer="/cause",
            )
        if opening.span is not None and opening.span in await repository.spans_of(dossier.code):
            raise Conflict(
                "nonconformity.open_already",
                vi="Bước này đã có phiếu không phù hợp chưa đóng",
                en="There is an open nonconformity about this step already",
            )
        code = await _code(now)
        await lock_codes([code])
        await _record(code, OPENED, _opened(dossier, opening, time), actor, now)
    return await repository.get(code, actor)


def _opened(dossier: Dossier, opening: Opening, time: StepTime | None) -> dict[str, Any]:
    exceeded = time is not None and time.exceeded
    body = {
        "dossier": dossier.code,
        "procedure": dossier.procedure,
        "authority": dossier.authority,
        "origin": Origin.STEP.value if exceeded else Origin.HAND.value,
        "owner": (time.party if time else None) or dossier.unit or dossier.desk,
        "unit": time.party if time else dossier.unit,
        "span": opening.span,
        "step": time.planned.number if time and time.planned else None,
        "hours_allowed": time.planned.hours if time and time.planned else None,
        "working_us": time.total_us if time else None,
        "cause": opening.cause or ("STEP_OVER_TIME" if exceeded else None),
    }
    return {name: value for name, value in body.items() if value is not None}


async def _step(dossier: Dossier, span: int | None, now: datetime) -> StepTime | None:
    if span is None:
        return None
    times = (await measure([dossier.code], now)).get(dossier.code, ())
    found = next((each for each in times if each.ordinal == span), None)
    if found is None:
        raise Unprocessable(
            "nonconformity.step_unknown",
            vi="Hồ sơ không có bước này",
            en="The case has no such step",
            pointer="/span",
        )
    return found


async def assign(code: str, person: str, *, actor: Actor, now: datetime) -> Noted:
    """Give it to somebody of the actor's organisation, who owns it from now on."""
    async with unit_of_work():
        found = await _locked(code, actor)
        _refuse_closed(found)
        await _record(code, ASSIGNED, {"owner": actor.organisation, "person": person}, actor, now)
    return await repository.get(code, actor)


async def act(code: str, cause: str, action: str, *, actor: Actor, now: datetime) -> Noted:
    """State the cause and what is done so that it does not happen again."""
    async with unit_of_work():
        found = await _locked(code, actor)
        _refuse_closed(found)
        await _refuse_cause(cause, now)
        salt, row = secrets.token_bytes(SALT_BYTES), new_id(now)
        await repository.add_note(row, code, salt, action, now)
        await _record(code, ACTED, {"cause": cause, "note": commitment(salt, action)}, actor, now, row)
    return await repository.get(code, actor)


async def close(code: str, *, effective: bool, actor: Actor, now: datetime) -> Noted:
    """Close it once something was done; whether that helped stays on the record."""
    async with unit_of_work():
        found = await _locked(code, actor)
        _refuse_closed(found)
        if found.state is not State.ACTED:
            raise Conflict(
                "nonconformity.no_action",
                vi="Chưa nêu nguyên nhân và biện pháp khắc phục",
                en="No cause and no corrective action was stated yet",
            )
        await _record(code, CLOSED, {"effective": effective}, actor, now)
    return await repository.get(code, actor)


async def publish(code: str, decision: str, *, actor: Actor, now: datetime) -> Noted:
    """Record that a person decided to have it published, and by which decision; nothing is ever published by itself.

    What is published where is that person's affair: this system shows no name of staff to anybody outside.
    """
    async with unit_of_work():
        await _locked(code, actor)
        await _record(code, PUBLISHED, {"decision": decision}, actor, now)
    return await repository.get(code, actor)


async def _locked(code: str, actor: Actor) -> Noted:
    await lock_codes([code])
    return await repository.get(code, actor)


def _refuse_closed(found: Noted) -> None:
    if found.state is State.CLOSED:
        raise Conflict(
            "nonconformity.closed",
            vi="Phiếu không phù hợp này đã đóng",
            en="This nonconformity was closed",
        )


async def _refuse_cause(cause: str | None, now: datetime) -> None:
    listed = {each.code for each in await law.reasons_at(local_day(now)) if each.applies_to in CAUSES}
    if cause is not None and cause not in listed:
        raise Unprocessable(
            "nonconformity.cause_unknown",
            vi="Nguyên nhân không có trong danh mục đang có hiệu lực",
            en="The cause is not on the list in force",
            pointer="/cause",
            listed=sorted(listed),
        )


async def _record(
    code: str, kind: str, body: Mapping[str, Any], actor: Actor, now: datetime, row: UUID | None = None
) -> None:
    made = ledger.authored(
        id=row,
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=actor.organisation,
        person=actor.person,
        body=body,
    )
    await ledger.record([made])


async def _code(now: datetime) -> str:
    for _ in range(TRIES):
        suffix = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
        if not await repository.exists(code := f"{PREFIX}{local_day(now):%y%m%d}-{suffix}"):
            return code
    raise Unavailable(
        "nonconformity.no_code", vi="Chưa cấp được mã, hãy thử lại", en="No code could be chosen, try again"
    )
