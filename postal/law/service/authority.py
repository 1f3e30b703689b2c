"""Who answers for which part of the law, and the traces that every change leaves."""

from datetime import datetime
from typing import Any

from postal import registry
from postal.audit import service as audit
from postal.errors import Forbidden, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role
from postal.law import repository
from postal.law.repository import COUNTRY, Change
from postal.law.rules import Changed, Decision
from postal.network import repository as network
from postal.network.rules import Kind

EDITORS = (Role.CONTROL, Role.ADMIN)


def is_national(actor: Actor) -> bool:
    """Tell whether the actor answers for the whole country's law."""
    return actor.national and bool({Role.CONTROL, Role.ADMIN} & actor.roles)


def require_national(actor: Actor) -> None:
    """Raise unless the actor answers for the whole country's law."""
    if not is_national(actor):
        raise Forbidden(
            "law.national_only",
            vi="Chỉ cơ quan cấp quốc gia được sửa quy định này",
            en="Only the national level changes this rule",
        )


async def require_issuer(actor: Actor, issuer: str | None) -> None:
    """Raise unless the actor answers for a procedure: its authority's procedure control, or the national level."""
    if is_national(actor):
        return
    if issuer is None or issuer not in actor.sees or not await _controls(actor):
        raise Forbidden(
            "law.not_yours",
            vi="Thủ tục này do cơ quan khác chịu trách nhiệm; chỉ cơ quan đó được sửa",
            en="Another office answers for this procedure; only that office changes it",
        )


async def issuer_for(actor: Actor, asked: str | None) -> str | None:
    """Give who will answer for a new procedure: the actor's own authority, or whom the national level names."""
    if is_national(actor):
        if asked is not None and not await network.find_many([asked]):
            raise Unprocessable(
                "law.issuer_unknown",
                vi=f"Không có cơ quan {asked}",
                en=f"There is no organisation {asked}",
                pointer="/issuer",
            )
        return asked
    issuer = asked or actor.organisation
    await require_issuer(actor, issuer)
    return issuer


async def require_scope(actor: Actor, scope: str) -> None:
    """Raise unless the actor decides on the list of a province, or of the country."""
    if is_national(actor):
        return
    own = (
        (await network.find_many([actor.organisation])).get(actor.organisation)
        if actor.organisation
        else None
    )
    if scope == COUNTRY or own is None or own.province_code != scope or not await _controls(actor):
        raise Forbidden(
            "law.not_yours",
            vi="Danh mục này do cơ quan khác quyết định",
            en="Another office decides on this list",
            pointer="/scope",
        )


async def _controls(actor: Actor) -> bool:
    if Role.CONTROL not in actor.roles or actor.organisation is None:
        return False
    own = (await network.find_many([actor.organisation])).get(actor.organisation)
    return own is not None and own.kind in {Kind.AUTHORITY, Kind.MINISTRY}


async def note(
    changed: Changed,
    action: str,
    decision: Decision,
    actor: Actor,
    now: datetime,
    before: Any,
    after: Any,
    *,
    reason: str | None = None,
) -> Changed:
    """Write a change into the history of the law and into the audit log, in the open unit of work."""
    await repository.add_change(
        Change(
            id=new_id(now),
            at=now,
            actor=actor.person or actor.id,
            organisation=actor.organisation,
            what=changed.what,
            subject=changed.subject,
            version=changed.version,
            action=action,
            effective=changed.ended_on if action == "ended" and changed.ended_on else changed.valid_from,
            decision=decision.number,
            decided_on=decision.on,
            open_dossiers=changed.open_dossiers,
            before=before,
            after=after,
            reason=reason,
        )
    )
    await audit.record(
        now=now,
        actor=actor.id,
        organisation=actor.organisation,
        action=f"law.{changed.what}.{action}",
        subject=changed.subject,
        detail={"version": changed.version, "decision": decision.number},
    )
    return changed


async def open_dossiers(procedure: str | None) -> int:
    """Count the dossiers that keep what they began under."""
    return await registry.open_dossiers(procedure)
