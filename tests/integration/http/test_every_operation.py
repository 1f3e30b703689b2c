"""What holds for every operation of the OpenAPI document, asked of the real application in a small world."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from postal.config import LimitSettings
from postal.identity.access import access_of
from postal.identity.rules import Role
from postal.identity.service import create_key
from postal.network.rules import Kind, Level
from tests.factories.dossiers import OFFICE
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.samples import APP, DOCUMENT, body_schema, operations, sample
from tests.factories.walks import said_at
from tests.factories.world import NOBODYS_ID, World

GUARDED = [
    (path, method, operation)
    for path, method, operation in operations()
    if {} not in operation.get("security", ())
]
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY"}
THINGS = {"items": "item", "pieces": "item", "track": "dossier", "people": "person"}


@pytest.fixture
def settings(settings):
    """Count no requests: there are more operations than one address may ask for in a minute."""
    return replace(settings, limits=LimitSettings(requests_per_minute=0, anonymous_per_minute=0))


@pytest.fixture
async def world(client, clock):
    return await World(client, clock).build()


def address(path, world, method="GET"):
    """Fill a path with what the world holds."""
    noun = path.removeprefix("/api/v1/").split("/")[0]
    codes = world.existing | {"code": world.existing.get(THINGS.get(noun, noun.removesuffix("s")), "x")}
    codes |= {
        "day": "2026-11-22",
        "decision": NOBODYS_ID,
        "prefix": world.existing["key"],
        "number": world.existing["receipt"],
    }
    codes |= said_at(method, path)[0]
    return path.format(**codes)


async def ask(world, path, method, operation, headers):
    schema = body_schema(operation)
    body = None if schema is None else sample(schema)
    return await world.client.request(method, address(path, world), json=body, headers=headers)


async def refused(world, headers, status, codes):
    """Ask everything that is not open to anybody; give what was not refused in this way."""
    assert len(GUARDED) >= 40
    wrong = []
    for path, method, operation in GUARDED:
        answer = await ask(world, path, method, operation, headers)
        if path == "/api/v1/clock" and method == "PUT":
            continue  # exists in simulated mode alone
        told = answer.json() if answer.status_code >= 400 else {}
        if answer.status_code != status or told.get("code") not in codes:
            wrong.append((method, path, answer.status_code, told.get("code")))
        elif status == 401 and answer.headers.get("www-authenticate") != "Bearer":
            wrong.append((method, path, "no WWW-Authenticate"))
    return wrong


async def test_without_a_key_nothing_that_needs_one_answers(world):
    assert not await refused(world, {}, 401, {"identity.sign_in_needed"})


async def test_with_a_key_that_is_none_nothing_answers(world):
    wrong = []
    for credentials in (
        "Bearer x",
        "Bearer bccp_" + "A" * 43,
        "bearer",
        "Basic YTpi",
        "Bearer " + "x" * 5000,
        "Bearer a b",
        "Token é",
    ):
        headers = {"Authorization": credentials.encode("latin-1")}
        wrong += await refused(world, headers, 401, {"identity.key_unknown", "identity.sign_in_needed"})
    assert not wrong


async def test_with_an_expired_key_nothing_answers(world, clock):
    ends = clock.instant + timedelta(minutes=1)
    wanted = {"organisation": OFFICE, "roles": ["clerk"], "expires_at": ends.isoformat()}
    key = (await world.post("/keys", wanted))["secret"]
    clock.advance(timedelta(minutes=2))
    assert not await refused(world, {"Authorization": f"Bearer {key}"}, 401, {"identity.key_unknown"})


async def test_with_a_revoked_key_nothing_answers(world, clock):
    key = await create_key(OFFICE, [Role.CLERK], clock.instant)
    answer = await world.client.post(f"/api/v1/keys/{key[:13]}/revoke", headers=world.owner)
    assert answer.status_code == 200, answer.text
    assert not await refused(world, {"Authorization": f"Bearer {key}"}, 401, {"identity.key_unknown"})


async def test_a_key_without_the_role_is_refused_before_its_body_is_read(world, clock):
    roles = {
        (method, route.path_format): access_of(handler).roles
        for route in APP.routes
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items()
        if access_of(handler) is not None
    }
    wrong, asked = [], 0
    for path, method, _ in GUARDED:
        needed = roles[method, path]
        if needed is None or path == "/api/v1/clock":
            continue
        key = await create_key(OFFICE, sorted(set(Role) - needed - {Role.SCANNER}), clock.instant)
        answer = await world.client.request(
            method, address(path, world), content=b"{", headers={"Authorization": f"Bearer {key}"}
        )
        asked += 1
        if (answer.status_code, answer.json().get("code")) != (403, "identity.role_needed"):
            wrong.append((method, path, answer.status_code, answer.text[:200]))
    assert asked >= 25
    assert not wrong


async def test_head_answers_as_get_does_without_the_body(world):
    wrong, asked = [], 0
    for path, method, _ in operations():
        if method != "GET":
            continue
        at = address(path, world)
        got = await world.client.get(at, headers=world.owner)
        head = await world.client.head(at, headers=world.owner)
        asked += 1
        same = (head.status_code, head.headers["content-type"]) == (
            got.status_code,
            got.headers["content-type"],
        )
        # What is streamed has no length beforehand.
        same = same and ("content-length" in head.headers) == ("content-length" in got.headers)
        if not same or head.content:
            wrong.append((path, got.status_code, head.status_code, head.content))
    assert asked >= 25
    assert not wrong


async def test_every_address_tells_its_methods(world):
    wrong = []
    for path, described in DOCUMENT["paths"].items():
        if path == "/api/v1/clock":
            continue
        allowed = {method.upper() for method in described} | {"OPTIONS"}
        allowed |= {"HEAD"} & ({"HEAD"} if "GET" in allowed else set())
        at = address(path, world)
        options = await world.client.options(at)
        if (
            options.status_code != 204
            or set(options.headers["allow"].split(", ")) != allowed
            or options.content
        ):
            wrong.append((path, options.status_code, options.headers.get("allow"), options.text))
        for method in sorted(METHODS - allowed):
            answer = await world.client.request(method, at, headers=world.owner)
            told = answer.headers.get("allow", "")
            if answer.status_code != 405 or set(told.split(", ")) != allowed:
                wrong.append((method, path, answer.status_code, told))
            elif method != "HEAD" and answer.json()["code"] != "request.method":
                wrong.append((method, path, answer.text))
    assert not wrong


async def test_an_address_that_is_none_has_no_methods(client):
    answer = await client.options("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")


async def test_a_body_of_another_kind_is_not_read(world):
    await organisation("STATE", kind=Kind.AUTHORITY, level=Level.CENTRAL)
    inspector = await headers("STATE", Role.CONTROL, now=world.clock.instant)
    wrong, asked = [], 0
    for path, method, operation in operations():
        if body_schema(operation) is None or path == "/api/v1/clock":
            continue
        read = operation["requestBody"]["content"]
        for media in (
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ):
            if media in read:
                continue
            for caller in (world.owner, world.scanner, inspector):
                answer = await world.client.request(
                    method,
                    address(path, world, method),
                    content=b"{}",
                    headers={**caller, "Content-Type": media},
                )
                if answer.status_code != 403:
                    break
            asked += 1
            if answer.status_code != 415 or not answer.json()["code"].endswith(".media_type"):
                wrong.append((method, path, media, answer.status_code, answer.text[:200]))
    assert asked >= 80
    assert not wrong
