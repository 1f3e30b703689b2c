"""Keys, people and devices for tests, stored without asking who may."""

from datetime import datetime

from postal.db import unit_of_work
from postal.identifiers import new_id
from postal.identity import service
from postal.identity.passwords import hash_password
from postal.identity.repository import devices, people
from postal.identity.rules import Actor, Role
from tests.factories.network import organisation as an_organisation


async def key(organisation: str, *roles: Role, now: datetime, **more) -> str:
    """Make a key of an organisation, and the organisation too unless it is there."""
    await an_organisation(organisation)
    return await service.create_key(organisation, roles, now, **more)


async def headers(organisation: str, *roles: Role, now: datetime, **more) -> dict[str, str]:
    """Give the headers of a request with a new key."""
    return {"Authorization": f"Bearer {await key(organisation, *roles, now=now, **more)}"}


async def actor(organisation: str, *roles: Role, now: datetime, **more) -> Actor:
    """Give the actor of a new key."""
    found = await service.authenticate_key(await key(organisation, *roles, now=now, **more), now)
    assert found is not None
    return found


async def person(
    code: str,
    organisation: str,
    role: Role = Role.CLERK,
    *,
    now: datetime,
    login=None,
    password=None,
    until=None,
) -> str:
    """Store a person with one role from `now` on."""
    await an_organisation(organisation)
    stored = await hash_password(password) if password else None
    async with unit_of_work():
        await people.add_person(code, f"Người {code}", login, stored, now)
        await people.add_assignment(new_id(now), code, role, organisation, now, until)
    return code


async def device(code: str, organisation: str, *, now: datetime) -> str:
    """Store an enrolled device and give its key."""
    await an_organisation(organisation)
    async with unit_of_work():
        await devices.add_device(code, organisation, now)
    return await service.create_key(organisation, [Role.SCANNER], now, device=code)
