"""Doing what was asked: giving out what is held, correcting it, erasing it."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from postal import registry
from postal.audit import service as audit
from postal.db import unit_of_work
from postal.errors import Conflict, Gone
from postal.files import service as files
from postal.files.rules import About
from postal.files.vault import Vault
from postal.http import idempotency_keys
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.ledger.repository import lock_codes
from postal.network.rules import local_day
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import Applicant, applicant_commitment
from shipments.pieces.rules import result_code
from shipments.privacy import repository
from shipments.privacy.repository import Look
from shipments.privacy.rules import DONE, Kind, Request, Retention, State, refuse_kept, refuse_move
from shipments.privacy.service.records import move
from shipments.privacy.service.taking import Reading, read, retention


class Held(Struct, frozen=True, kw_only=True):
    """One sort of what is held, with every row of it."""

    name: str
    title_vi: str
    title_en: str
    kept_by_law: bool
    rows: list[dict[str, Any]]


class Export(Struct, frozen=True, kw_only=True):
    """Everything that is held about a person for a dossier, and who looked."""

    request: str
    dossier: str
    at: Instant
    retention: Retention
    holdings: list[Held]
    looks: list[Look]
    requests: list[dict[str, Any]]


class Erased(Struct, frozen=True, kw_only=True):
    """What was erased, by sort and number; `kept` is what the law still keeps, `shared` is about others too."""

    reading: Reading
    erased: dict[str, int]
    kept: list[str]
    shared: list[str]


async def export(code: str, *, actor: Actor, now: datetime) -> Export:
    """Give out what is held; each time is noted in the audit log."""
    request = await repository.get(code, actor)
    if request.state is State.RECEIVED or request.kind is not Kind.ACCESS:
        refuse_move(request, DONE, Kind.ACCESS)
    if request.state is State.REFUSED:
        refuse_move(request, DONE)
    found = (await dossiers.find_many([request.dossier]))[request.dossier]
    await _audit("privacy.exported", request, {}, actor, now)
    return Export(
        request=code,
        dossier=request.dossier,
        at=now,
        retention=await retention(found, now),
        holdings=[
            Held(
                name=each.name,
                title_vi=each.title[0],
                title_en=each.title[1],
                kept_by_law=each.retained,
                rows=await each.export(request.dossier),
            )
            for each in registry.holdings()
        ],
        looks=await repository.looks_at([request.dossier, result_code(request.dossier), code]),
        requests=await repository.requests_about(request.dossier),
    )


async def complete(code: str, *, actor: Actor, now: datetime) -> Reading:
    """State that who asked has got what is held."""
    request = await repository.get(code, actor)
    async with unit_of_work():
        await move(request, DONE, {}, Kind.ACCESS, actor, now)
    return await read(code, actor=actor, now=now)


async def correct(code: str, changes: dict[str, str], *, actor: Actor, now: datetime) -> Reading:
    """Correct what is held of the applicant; the ledger keeps which fields, and a commitment to the new values."""
    request = await repository.get(code, actor)
    async with unit_of_work():
        await lock_codes([request.dossier])
        held = await dossiers.find_applicant(request.dossier)
        salt = await dossiers.salt_of(request.dossier)
        if held is None or salt is None:
            raise Gone(
                "privacy.nothing_held",
                vi="Dữ liệu của chủ hồ sơ đã được xóa hoặc chưa từng có, không còn gì để cải chính",
                en="Nothing is held of the applicant any more that could be corrected",
            )
        corrected: Applicant = replace(held, **changes)
        changed = sorted(name for name in changes if getattr(held, name) != getattr(corrected, name))
        if not changed:
            raise Conflict(
                "privacy.no_change",
                vi="Các giá trị này đã đúng như đang lưu",
                en="These values are held as they are",
            )
        body = {"fields": changed, "applicant": applicant_commitment(salt, corrected)}
        await move(request, DONE, body, Kind.CORRECTION, actor, now)
        await dossiers.correct_applicant(request.dossier, corrected)
        await _audit("privacy.corrected", request, {"fields": changed}, actor, now)
        await _forget_answers(request.dossier)
    return await read(code, actor=actor, now=now)


async def erase(code: str, *, partly: bool, vault: Vault, actor: Actor, now: datetime) -> Erased:
    """Erase everything that is held about a person for a dossier, or with `partly` what the law does not keep."""
    request = await repository.get(code, actor)
    refuse_move(request, DONE, Kind.ERASURE)
    found = (await dossiers.find_many([request.dossier]))[request.dossier]
    rule = await retention(found, now)
    over = rule.over_on(local_day(now))
    kept = [] if over else [each.name for each in registry.holdings() if each.retained]
    if not partly:
        refuse_kept(rule, local_day(now), kept)
    erased: dict[str, int] = {}
    shared: tuple[str, ...] = ()
    if over:
        # On its own and first: it may be done again, and what it drops on the disk cannot come back.
        by = actor.person or actor.id
        done = await files.erase(
            vault, About.DOSSIER, request.dossier, reason="person_request", by=by, now=now
        )
        erased["files"], shared = done.files, done.shared
    async with unit_of_work():
        await lock_codes([request.dossier])
        for each in registry.holdings():
            if each.name not in kept:
                erased[each.name] = erased.get(each.name, 0) + await each.erase(request.dossier, now)
        erased["answers"] = await _forget_answers(request.dossier)
        body = {
            "erased": sorted(name for name, count in erased.items() if count),
            **({"kept": kept, "kept_until": rule.kept_until.isoformat()} if kept else {}),
        }
        await move(request, DONE, body, Kind.ERASURE, actor, now)
        await _audit("privacy.erased", request, {"erased": erased, "kept": kept}, actor, now)
    return Erased(
        reading=await read(code, actor=actor, now=now), erased=erased, kept=kept, shared=list(shared)
    )


async def _forget_answers(dossier: str) -> int:
    """Take what stored answers said of a dossier out of them."""
    codes = await repository.pieces_with(dossier, result_code(dossier))
    return await idempotency_keys.blank(codes)


async def _audit(action: str, request: Request, detail: dict[str, Any], actor: Actor, now: datetime) -> None:
    await audit.record(
        now=now,
        actor=actor.person or actor.id,
        organisation=actor.organisation,
        action=action,
        subject=request.dossier,
        detail={"request": request.code, **detail},
    )
