"""How far an actor's word reaches over organisations."""

from datetime import datetime
from typing import Any

from postal.audit import service as audit
from postal.errors import Forbidden, NotFound
from postal.identity.repository import authentication
from postal.identity.rules import Actor, Role, grantable


async def scope_of(actor: Actor, *, for_writing: bool = False) -> frozenset[str] | None:
    """Give the organisations whose people, devices, shifts and keys an actor reads, or governs; None means all.

    Everybody's scope is their own organisation with its predecessors; an administrator's is the tree below as well.
    Inspectors read everything and govern nothing beyond their own.
    """
    if Role.ADMIN in actor.roles and actor.national:
        return None
    if actor.reads_everything and not for_writing:
        return None
    if Role.ADMIN in actor.roles and actor.organisation is not None:
        return actor.sees | await authentication.list_below(actor.organisation)
    return actor.sees


async def require_governed(actor: Actor, organisation: str | None) -> None:
    """Raise NotFound unless the actor governs the organisation; one that does not exist is answered alike.

    None stands for the level above every organisation, which the national level alone governs.
    """
    scope = await scope_of(actor, for_writing=True)
    if scope is None:
        if organisation is None or await authentication.organisation_exists(organisation):
            return
    elif organisation in scope:
        return
    if organisation is None:
        raise Forbidden(
            "network.parent_needed",
            vi="Phải ghi đơn vị cấp trên thuộc quyền quản trị của mình",
            en="Name a parent organisation that you administer",
        )
    raise NotFound(
        "network.organisation_not_found",
        vi=f"Không có đơn vị {organisation}",
        en=f"No organisation {organisation}",
    )


def require_grantable(actor: Actor, roles: frozenset[Role]) -> None:
    """Raise Forbidden when the actor would hand out a role beyond their own right."""
    if refused := roles - grantable(actor):
        raise Forbidden(
            "identity.role_not_grantable",
            vi="Không có quyền cấp vai trò này",
            en="You may not grant this role",
            roles=sorted(refused),
        )


async def note(actor: Actor, now: datetime, action: str, subject: str, **detail: Any) -> None:
    """Append to the audit log, in the open unit of work."""
    await audit.record(
        now=now,
        actor=actor.id,
        organisation=actor.organisation,
        action=action,
        subject=subject,
        detail=detail,
    )
