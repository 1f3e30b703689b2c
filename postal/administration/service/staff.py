"""People, devices, keys and organisations as an administrator goes through them, and passwords made for others."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from postal.identity import service as identity
from postal.identity.repository import devices, people
from postal.identity.repository.devices import Device, Key
from postal.identity.repository.people import Person
from postal.identity.rules import Actor
from postal.identity.service import NewAssignment
from postal.network import repository as network
from postal.network.repository import Filter
from postal.network.rules import Organisation, search_key

GOOD_FOR = timedelta(days=3)
"""How long a password that was made for somebody opens the door; they choose their own within it."""

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike on paper."""

GROUPS, IN_A_GROUP = 4, 4


class Scoped(Struct, frozen=True, kw_only=True):
    """What of the actor's scope is asked for: one organisation of it, one code."""

    organisation: str | None = None
    code: str | None = None


async def people_of(actor: Actor, wanted: Scoped, after: str | None, limit: int) -> tuple[Person, ...]:
    """List people in the actor's scope."""
    scope = await _scope(actor, wanted)
    return await people.list_people(scope, code=wanted.code, after=after, limit=limit)


async def devices_of(actor: Actor, wanted: Scoped, after: str | None, limit: int) -> tuple[Device, ...]:
    """List devices in the actor's scope."""
    scope = await _scope(actor, wanted)
    return await devices.list_devices(scope, code=wanted.code, after=after, limit=limit)


async def keys_of(actor: Actor, wanted: Scoped, after: str | None, limit: int) -> tuple[Key, ...]:
    """List access keys in the actor's scope."""
    scope = await _scope(actor, wanted)
    return await devices.list_keys(scope, prefix=wanted.code, after=after, limit=limit)


async def organisations_of(actor: Actor, q: str | None, after: str | None, limit: int) -> list[Organisation]:
    """List the organisations that the actor governs."""
    scope = await identity.scope_of(actor, for_writing=True)
    if scope is None:
        return list(await network.list_organisations(Filter(q=q), after, limit))
    codes = sorted(code for code in scope if after is None or code > after)
    found = await network.find_many(codes)
    key = search_key(q) if q else ""
    fitting = (found[code] for code in codes if code in found)
    named = (one for one in fitting if key in search_key(f"{one.code} {one.name}"))
    return [one for _, one in zip(range(limit), named, strict=False)]


async def register_person(
    *, code: str, name: str, login: str | None, role: NewAssignment, actor: Actor, now: datetime
) -> str | None:
    """Register a person; one who signs in gets a password for the first days, shown once."""
    password = new_password() if login is not None else None
    await identity.register_person(
        code=code,
        name=name,
        login=login,
        password=password,
        assignments=[role],
        actor=actor,
        now=now,
        expires=now + GOOD_FOR,
    )
    return password


async def reset_password(person: str, *, actor: Actor, now: datetime) -> str:
    """Give a person another password for the first days, shown once; every session of theirs ends."""
    password = new_password()
    await identity.set_password(person, password, None, actor=actor, now=now, expires=now + GOOD_FOR)
    return password


def new_password() -> str:
    """Make a password that is read from paper without doubt: 79 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


async def _scope(actor: Actor, wanted: Scoped) -> Collection[str] | None:
    scope = await identity.scope_of(actor)
    if wanted.organisation is None:
        return scope
    return {wanted.organisation} if scope is None or wanted.organisation in scope else frozenset()
