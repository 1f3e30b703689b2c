"""Versions of procedures: added, replaced on a day, ended."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from postal.db import unit_of_work
from postal.errors import Conflict, Unprocessable
from postal.identity.rules import Actor
from postal.law import repository
from postal.law.rules import (
    Changed,
    Decision,
    Draft,
    Procedure,
    check_decision,
    check_end,
    check_flags,
    check_limit,
    check_papers,
    check_steps,
    place,
)
from postal.law.service import authority
from postal.law.service.reading import history_of, newest_of
from postal.network.rules import local_day


async def add_procedure(
    code: str, draft: Draft, decision: Decision, *, actor: Actor, now: datetime
) -> Changed:
    """Add a procedure with its first version, which may hold since before today: nothing is rewritten by it."""
    async with unit_of_work():
        await repository.lock("procedure", code)
        if standing := await repository.list_versions(code):
            raise Conflict(
                "procedure.exists",
                vi=f"Thủ tục {code} đã có (phiên bản {standing[0].version}); hãy thêm phiên bản mới",
                en=f"Procedure {code} exists (version {standing[0].version}); add a version to it",
                pointer="/code",
                version=standing[0].version,
            )
        issuer = await authority.issuer_for(actor, draft.issuer)
        return await _add(code, 1, draft, issuer, [], decision, actor, now)


async def add_version(
    code: str, draft: Draft, decision: Decision, *, after: int, actor: Actor, now: datetime
) -> Changed:
    """Add a version behind the one that the editor saw; if another came meanwhile, that one has won."""
    async with unit_of_work():
        await repository.lock("procedure", code)
        standing = await history_of(code)
        newest = newest_of(standing)
        await authority.require_issuer(actor, newest.issuer)
        _refuse_moved(newest, after)
        return await _add(code, standing[0].version + 1, draft, newest.issuer, standing, decision, actor, now)


async def end_procedure(
    code: str, valid_to: date, decision: Decision, *, after: int, actor: Actor, now: datetime
) -> Changed:
    """Let a procedure end; dossiers under way keep their version, and the answer says how many there are."""
    today = local_day(now)
    async with unit_of_work():
        await repository.lock("procedure", code)
        newest = newest_of(await history_of(code))
        await authority.require_issuer(actor, newest.issuer)
        _refuse_moved(newest, after)
        check_decision(decision, today)
        check_end(newest, valid_to, today)
        await repository.end(newest, valid_to)
        changed = Changed(
            what="procedure",
            subject=code,
            version=newest.version,
            valid_from=newest.valid_from,
            valid_to=valid_to,
            ended=newest.version,
            ended_on=valid_to,
            open_dossiers=await authority.open_dossiers(code),
        )
        before = {"valid_to": newest.valid_to}
        return await authority.note(changed, "ended", decision, actor, now, before, {"valid_to": valid_to})


def _refuse_moved(newest: Procedure, after: int) -> None:
    if newest.version != after:
        raise Conflict(
            "procedure.changed_meanwhile",
            vi=f"Phiên bản {newest.version} đã được ban hành trước (quyết định {newest.decision or '–'}); "
            "hãy xem lại rồi sửa trên phiên bản đó",
            en=f"Version {newest.version} came first (decision {newest.decision or '–'}); look at it and start from it",
            pointer="/after",
            version=newest.version,
        )


async def _add(
    code: str,
    version: int,
    draft: Draft,
    issuer: str | None,
    standing: Sequence[Procedure],
    decision: Decision,
    actor: Actor,
    now: datetime,
) -> Changed:
    today = local_day(now)
    check_decision(decision, today)
    await _check(draft)
    closed = place(standing, draft.valid_from, draft.valid_to, today)
    if closed is not None:
        await repository.end(closed, draft.valid_from)
    procedure = _procedure(code, version, draft, issuer, decision)
    await repository.add_procedures([procedure])
    await repository.add_components(code, version, draft.components)
    await repository.add_steps(code, version, draft.steps)
    changed = Changed(
        what="procedure",
        subject=code,
        version=version,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        ended=closed.version if closed else None,
        ended_on=draft.valid_from if closed else None,
        open_dossiers=await authority.open_dossiers(code),
    )
    action = "replaced" if standing else "added"
    before = msgspec.to_builtins(closed) if closed else None
    return await authority.note(changed, action, decision, actor, now, before, _told(procedure, draft))


async def _check(draft: Draft) -> None:
    check_limit(draft.limit)
    check_flags(
        submit=draft.eligible_submit,
        back=draft.eligible_return,
        presence=draft.requires_presence,
        secret=draft.state_secret,
    )
    check_papers(draft.components)
    check_steps(draft.steps, draft.limit)
    await check_calendar(draft.calendar)


async def check_calendar(code: str, pointer: str = "/calendar") -> None:
    """Refuse a calendar that there is not."""
    if not await repository.calendar_exists(code):
        raise Unprocessable(
            "law.calendar_unknown",
            vi=f"Không có lịch {code}",
            en=f"There is no calendar {code}",
            pointer=pointer,
        )


def _procedure(code: str, version: int, draft: Draft, issuer: str | None, decision: Decision) -> Procedure:
    fields = {
        name: getattr(draft, name) for name in Draft.__struct_fields__ if name in Procedure.__struct_fields__
    }
    return Procedure(
        **{
            **fields,
            "code": code,
            "version": version,
            "issuer": issuer,
            "decision": decision.number,
            "decided_on": decision.on,
        }
    )


def _told(procedure: Procedure, draft: Draft) -> Any:
    parts = {"components": list(draft.components), "steps": list(draft.steps)}
    return msgspec.to_builtins(procedure) | msgspec.to_builtins(parts)
