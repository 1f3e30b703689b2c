"""Surprise checks: a sample of dossiers, the ledger held against the papers, and what follows for the whole."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Forbidden, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import READS_EVERYTHING, Actor
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, commitment
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import local_day, start_of
from postal.proof import repository as proof
from shipments.inspections import repository
from shipments.inspections.rules import (
    CLOSED,
    DRAWN,
    FOUND,
    Finding,
    Inspection,
    Repeated,
    Result,
    digest_of,
    draw,
    new_code,
    refuse_closed,
    refuse_closing,
    refuse_empty,
    refuse_finding,
    refuse_like_log,
    refuse_period,
    repeat,
    result_of,
    seed_of,
)

SALT_BYTES = 16
SEED_BYTES = 8


class Reading(Struct, frozen=True, kw_only=True):
    """An inspection with what was found; what inspectors wrote is theirs alone."""

    inspection: Inspection
    result: Result
    findings: list[Finding]
    remarks: dict[UUID, str] | None


async def start(
    organisation: str, begin: date, end: date, size: int, seed: str | None, *, actor: Actor, now: datetime
) -> Reading:
    """Draw a sample of an organisation's dossiers of a period; seed, population and its digest are recorded.

    The seed comes from the first checkpoint of the log that was signed when the period was over, so that nobody can try
    seeds until a sample suits; only where none was signed yet by chance. A stated one stays recognisable as such.
    """
    refuse_period(begin, end, local_day(now))
    refuse_like_log(seed)
    if organisation not in await network.find_many([organisation]):
        raise Unprocessable(
            "inspection.organisation",
            vi=f"Không có đơn vị {organisation}",
            en=f"There is no organisation {organisation}",
            pointer="/organisation",
        )
    population = await repository.population_of(organisation, begin, end)
    refuse_empty(population)
    if seed is None:
        signed = await proof.signed_from(start_of(end))
        seed = seed_of(organisation, (signed.size, signed.root)) if signed else secrets.token_hex(SEED_BYTES)
    body = {
        "organisation": organisation,
        "from": begin.isoformat(),
        "to": end.isoformat(),
        "seed": seed,
        "population": len(population),
        "digest": digest_of(population),
        "sample": list(draw(population, seed, size)),
    }
    code = new_code(local_day(now), secrets.choice)
    async with unit_of_work():
        await record([_row(new_id(now), DRAWN, code, body, actor, now)])
    return await read(code, actor=actor)


async def read(code: str, *, actor: Actor) -> Reading:
    """Read an inspection that the actor sees."""
    inspection = await repository.get(code, actor)
    return Reading(
        inspection=inspection,
        result=result_of(inspection),
        findings=await repository.findings_of(code),
        remarks=await repository.remarks_of(code) if actor.reads_everything else None,
    )


async def check(code: str, *, actor: Actor) -> Repeated:
    """Draw again with what stands in the ledger now, so that nobody needs to believe the sample."""
    inspection = await repository.get(code, actor)
    population = await repository.population_of(
        inspection.organisation, inspection.period_from, inspection.period_to
    )
    return repeat(inspection, population)


async def find(
    code: str, dossier: str, checks: Mapping[str, bool], remark: str | None, *, actor: Actor, now: datetime
) -> Reading:
    """Record how one dossier's papers compare with the ledger; it cannot be taken back."""
    inspection = await repository.get(code, actor)
    refuse_closed(inspection)
    _refuse_stranger(actor)
    if not checks:
        raise Unprocessable(
            "inspection.no_checks",
            vi="Hãy đối chiếu ít nhất một mục",
            en="Compare at least one thing",
            pointer="/checks",
        )
    row_id, salt = new_id(now), secrets.token_bytes(SALT_BYTES)
    async with unit_of_work():
        await lock_codes([code])
        refuse_closed(await repository.find(code) or inspection)
        refuse_finding(inspection, await repository.findings_of(code), dossier)
        body: dict[str, object] = {"dossier": dossier, "checks": dict(checks)}
        if remark:
            body["remark"] = commitment(salt, remark)
            await repository.add_remark(row_id, code, dossier, remark, salt, now)
        await record([_row(row_id, FOUND, code, body, actor, now)])
    return await read(code, actor=actor)


async def close(code: str, conclusion: str, *, actor: Actor, now: datetime) -> Reading:
    """End an inspection whose sample was compared; from then on the inspected sees it."""
    inspection = await repository.get(code, actor)
    refuse_closed(inspection)
    _refuse_stranger(actor)
    allowed = [each.code for each in await law.reasons_at(local_day(now)) if each.applies_to == "inspection"]
    if conclusion not in allowed:
        raise Unprocessable(
            "inspection.conclusion",
            vi=f"Không có kết luận {conclusion}; hãy chọn trong danh sách",
            en=f"There is no conclusion {conclusion}; choose one of the list",
            pointer="/conclusion",
            codes=allowed,
        )
    async with unit_of_work():
        await lock_codes([code])
        inspection = await repository.find(code) or inspection
        refuse_closed(inspection)
        refuse_closing(inspection)
        await record([_row(new_id(now), CLOSED, code, {"conclusion": conclusion}, actor, now)])
    return await read(code, actor=actor)


def _refuse_stranger(actor: Actor) -> None:
    if not READS_EVERYTHING & actor.roles:
        raise Forbidden(
            "inspection.inspector",
            vi="Chỉ cán bộ kiểm soát TTHC, cơ quan quản lý ghi kết quả kiểm tra",
            en="Procedure control and regulators alone record what was found",
        )


def _row(row_id: UUID, kind: str, code: str, body: Mapping[str, object], actor: Actor, now: datetime) -> Row:
    return authored(
        id=row_id,
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=actor.organisation,
        person=actor.person,
        body=body,
    )
