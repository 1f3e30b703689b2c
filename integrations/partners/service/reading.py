"""Finding partners, and what adapters need of them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from integrations.partners import repository
from integrations.partners.rules import Direction, Partner
from integrations.partners.service.setup import opened
from postal.errors import NotFound
from postal.identity.rules import Actor, Role
from postal.identity.service.authority import scope_of


async def find(code: str) -> Partner | None:
    """Find a partner, asking nobody who wants to know."""
    return await repository.find(code)


async def by_id(identifier: UUID) -> Partner | None:
    """Find a partner by its id, asking nobody who wants to know."""
    return await repository.by_id(identifier)


async def by_ids(identifiers: Collection[UUID]) -> dict[UUID, Partner]:
    """Find partners by their ids, asking nobody who wants to know."""
    return await repository.by_ids(identifiers)


async def active(kind: str) -> list[Partner]:
    """List the active partners of a kind, by code."""
    return await repository.active(kind)


async def get(code: str, actor: Actor) -> Partner:
    """Get a partner of an organisation in the actor's scope."""
    found = await repository.find(code)
    scope = await scope_of(actor)
    if found is None or (scope is not None and found.organisation not in scope):
        raise unknown()
    return found


async def list_partners(actor: Actor, after: str | None, limit: int) -> list[Partner]:
    """List the partners of organisations in the actor's scope."""
    return await repository.listed(await scope_of(actor), after, limit)


async def actor_of(partner: Partner, now: datetime) -> Actor:
    """Give whoever acts as a partner does something: what its organisation may, it may."""
    sees, national = await repository.seen_by(partner.organisation, now)
    return Actor(
        kind="key",
        id=f"partner:{partner.code}",
        organisation=partner.organisation,
        roles=frozenset({Role.SYSTEM}),
        sees=sees,
        national=national,
    )


async def outbound_secrets(partner: Partner, now: datetime) -> tuple[str, ...]:
    """Give the secrets to sign with, the newest first; each signs while two count."""
    return await _secrets(partner, "outbound", now)


async def outbound_secret(partner: Partner, now: datetime) -> str | None:
    """Give the newest secret to sign with, if there is one."""
    return next(iter(await outbound_secrets(partner, now)), None)


async def inbound_secrets(partner: Partner, now: datetime) -> tuple[str, ...]:
    """Give the secrets by which a partner's messages are known, the newest first."""
    return await _secrets(partner, "inbound", now)


async def _secrets(partner: Partner, direction: Direction, now: datetime) -> tuple[str, ...]:
    found = await repository.secrets_of(partner.id, now, direction)
    return tuple(opened(each.id, each.sealed) for each in found)


def unknown() -> NotFound:
    """Build the answer to a code that nobody has, or somebody else."""
    return NotFound(
        "partner.not_found",
        vi="Không có đối tác này; hãy kiểm tra mã đối tác và khóa đang dùng",
        en="No such partner; check its code and the key in use",
    )
