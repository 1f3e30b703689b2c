"""Settle the province in the system before its first day: organisations, keys, people, devices."""

from collections.abc import Iterator
from typing import Any

from integrations.simulation.rules.network import PROVINCE, Organisation, Person
from integrations.simulation.rules.steps import Step
from integrations.simulation.rules.voices import decided_list
from integrations.simulation.rules.world import World
from integrations.simulation.service.client import OK, Client, SimulationError

ADMIN = "@key:admin"
CONTROL = "@key:control"
FOUNDED = "2026-01-01"
KEY_ROLES = {
    "post_office": ["clerk", "courier", "supervisor"],
    "hub": ["sorter", "courier", "supervisor"],
    "carrier": ["courier", "sorter", "supervisor"],
    "desk": ["desk", "specialist", "post_desk", "agency_head"],
    "unit": ["specialist"],
    "authority": ["specialist"],
}


async def settle(client: Client, world: World, passwords: dict[str, str]) -> None:
    """Load the network, its people and its devices; `passwords` are for the logins that people will use.

    What an earlier world, or an earlier attempt, has brought in already stays as it is.
    """
    client.names.update(world.names)
    await client.move_clock(world.opens, ADMIN)
    for step in settling_steps(world, passwords):
        answer = await client.send(step)
        if answer.status_code >= OK and not answer.json().get("code", "").endswith("_exists"):
            msg = f"{step.method} {step.path}: {answer.status_code} {answer.text[:500]}"
            raise SimulationError(msg)


def settling_steps(world: World, passwords: dict[str, str]) -> Iterator[Step]:
    """Give the requests that load a province."""
    for organisation in world.network.organisations:
        yield _step(world, "/api/v1/organisations", _organisation(organisation))
    for organisation in world.network.organisations:
        body: dict[str, Any] = {"organisation": organisation.code, "roles": KEY_ROLES[organisation.kind]}
        yield _step(world, "/api/v1/keys", body, saves=((f"key:{organisation.code}", "secret"),), secret=True)
    body = {"organisation": PROVINCE, "roles": ["control"]}
    yield _step(world, "/api/v1/keys", body, saves=(("key:control", "secret"),), secret=True)
    yield _step(world, "/api/v1/law/lists", decided_list(world.size.start))
    for person in world.network.people:
        yield _step(world, "/api/v1/people", _person(person, passwords.get(person.login)))
    for device, owner in world.devices:
        yield _step(world, "/api/v1/devices", {"code": device, "organisation": owner})
        path = f"/api/v1/devices/{device}/enrolment"
        yield _step(world, path, None, saves=((f"invitation:{device}", "code"),), secret=True)
        body = {"code": f"@invitation:{device}"}
        saves = ((f"key:{device}", "secret"),)
        yield _step(world, "/api/v1/enrolments", body, key=f"@key:{owner}", saves=saves, secret=True)


def _step(
    world: World,
    path: str,
    body: Any,
    *,
    key: str = ADMIN,
    saves: tuple[tuple[str, str], ...] = (),
    secret: bool = False,
) -> Step:
    return Step(
        at=world.opens,
        lane="settling",
        key=key,
        method="POST",
        path=path,
        body=body,
        saves=saves,
        secret=secret,
    )


def _organisation(organisation: Organisation) -> dict[str, Any]:
    body = {
        "code": organisation.code,
        "name": organisation.name,
        "kind": organisation.kind,
        "level": organisation.level,
        "valid_from": FOUNDED,
    }
    return body | ({"parent": organisation.parent} if organisation.parent else {})


def _person(person: Person, password: str | None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": person.code,
        "name": person.name,
        "assignments": [{"role": person.role, "organisation": person.organisation}],
    }
    return body | ({"login": person.login, "password": password} if password else {})
