"""API keys: made, shown once, recognised, ended."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec

from postal.audit import service as audit
from postal.db import unit_of_work
from postal.errors import NotFound, Unprocessable
from postal.identity import keys
from postal.identity.repository import authentication, devices
from postal.identity.repository.devices import Key
from postal.identity.rules import Actor, Role
from postal.identity.service.authority import note, require_governed, require_grantable, scope_of
from postal.together import Together

LIFETIME = timedelta(days=365)


class IssuedKey(msgspec.Struct, frozen=True):
    """A key that was just made, with its secret: the only time that anybody sees it."""

    key: Key
    secret: str


async def authenticate_key(secret: str, now: datetime) -> Actor | None:
    """Find whose key this is; one that cannot be ours is refused without asking the database."""
    if not keys.is_well_formed(secret):
        return None
    return await RECOGNISING.ask((keys.digest(secret), now))


async def _recognise(asked: Sequence[tuple[bytes, datetime]]) -> list[Actor | None]:
    # Of requests that come together the last instant holds for all: a key that ends between them has ended.
    found = await authentication.find_by_keys({digest for digest, _ in asked}, max(now for _, now in asked))
    return [found.get(digest) for digest, _ in asked]


RECOGNISING: Together[tuple[bytes, datetime], Actor | None] = Together(_recognise, rounds=2, most=100)


async def create_key(
    organisation: str,
    roles: Collection[Role],
    now: datetime,
    expires: datetime | None = None,
    device: str | None = None,
) -> str:
    """Make a key without asking who wants it, for whoever runs the machine, and give its secret."""
    async with unit_of_work():
        if not await authentication.organisation_exists(organisation):
            raise NotFound(
                "network.organisation_not_found",
                vi=f"Không có đơn vị {organisation}",
                en=f"No organisation {organisation}",
            )
        issued = await make_key(organisation, frozenset(roles), now, expires=expires, device=device)
        await audit.record(
            now=now,
            actor="operator",
            organisation=None,
            action="key.created",
            subject=issued.key.prefix,
            detail={"organisation": organisation, "roles": sorted(roles)},
        )
    return issued.secret


async def issue_key(
    *,
    organisation: str,
    roles: frozenset[Role],
    label: str | None,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> IssuedKey:
    """Make a key for an organisation that the actor governs, with roles that the actor may grant."""
    if expires_at is not None and expires_at <= now:
        raise Unprocessable(
            "identity.expiry_past",
            vi="Hạn dùng đã qua",
            en="The expiry lies in the past",
            pointer="/expires_at",
        )
    async with unit_of_work():
        await require_governed(actor, organisation)
        require_grantable(actor, roles)
        issued = await make_key(organisation, roles, now, expires=expires_at or now + LIFETIME, label=label)
        await note(
            actor, now, "key.created", issued.key.prefix, organisation=organisation, roles=sorted(roles)
        )
    return issued


async def make_key(
    organisation: str,
    roles: frozenset[Role],
    now: datetime,
    *,
    expires: datetime | None = None,
    device: str | None = None,
    label: str | None = None,
) -> IssuedKey:
    """Store a new key, in the open unit of work."""
    secret = keys.make_key()
    key = Key(
        prefix=keys.prefix_of(secret),
        organisation=organisation,
        roles=tuple(sorted(roles)),
        device=device,
        label=label,
        created_at=now,
        expires_at=expires,
        last_used_at=None,
        revoked_at=None,
    )
    if device is not None:
        await devices.mark_enrolled(device, now)
    await devices.add_key(key, keys.digest(secret))
    return IssuedKey(key, secret)


async def get_key(prefix: str, actor: Actor) -> Key:
    """Get a key of an organisation in the actor's scope."""
    found = await devices.list_keys(await scope_of(actor), prefix=prefix)
    if not found:
        raise NotFound("identity.key_not_found", vi="Không có khóa này", en="No such key")
    return found[0]


async def list_keys(actor: Actor, after: str | None, limit: int) -> tuple[Key, ...]:
    """List the keys in the actor's scope."""
    return await devices.list_keys(await scope_of(actor), after=after, limit=limit)


async def revoke_key(prefix: str, *, actor: Actor, now: datetime) -> Key:
    """End a key at once; ending it again changes nothing."""
    async with unit_of_work():
        key = await get_key(prefix, actor)
        await require_governed(actor, key.organisation)
        await devices.revoke_key(prefix, now)
        await note(actor, now, "key.revoked", prefix, organisation=key.organisation)
        return await get_key(prefix, actor)
