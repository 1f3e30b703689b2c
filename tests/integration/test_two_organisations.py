"""What one organisation has, another one does not see: generated over every route of the application.

Each route with a parameter in its path is called by a stranger who holds every ordinary role, once with the code of
something that exists and once with a code that nobody has. Both answers must be the same 404. The owner's call shows
that the thing was there to be seen. A new route fails here until it is said whose things it shows.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest

from postal.app import create_app
from postal.config import Settings
from postal.db import execute, fetch_value
from postal.identity.access import access_of
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, STRANGER
from tests.factories.identity import headers, person
from tests.factories.network import organisation
from tests.factories.walks import (
    BODIES,
    CALLER,
    OWN_BUSINESS,
    PUBLIC,
    PUBLIC_WHEN_READ,
    QUERIES,
    SILENCING,
    THINGS,
    said_at,
)
from tests.factories.world import ORDINARY, World

FOUND = {200, 201, 202, 204, 303, 409, 422}
"""Answers to an owner: done (a form leads to its page again), or refused by the state of what was found."""


class Route(NamedTuple):
    """One way into the application."""

    method: str
    path: str
    anonymous: bool

    @property
    def name(self) -> str:
        """Name the route as the tables above do."""
        return f"{self.method} {self.path}"

    @property
    def noun(self) -> str:
        """Give the first word of the path."""
        return (
            self.path.removeprefix("/api/v1")
            .removeprefix("/admin")
            .removeprefix("/audit")
            .removeprefix("/desk")
            .strip("/")
            .split("/")[0]
        )

    @property
    def parameters(self) -> list[str]:
        """Give the names of its parameters, in order."""
        return re.findall(r"{(\w+)}", self.path)


def routes() -> Iterator[Route]:
    """Walk every route of the application, of both clocks."""
    app = create_app(Settings(clock="simulated"))
    for route in app.routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            access = access_of(handler)
            if method not in {"OPTIONS", "HEAD"}:
                yield Route(method, route.path_format, access is not None and access.anonymous)


class Visited(World):
    """The world, and how a route is called in it."""

    async def call(self, route, codes, by):
        values = {name: codes.get(name, codes[THINGS[route.noun]]) for name in route.parameters}
        named, said = said_at(route.method, route.path)
        own = {id(self.owner): OFFICE, id(self.agency): DESK}.get(id(by), STRANGER)
        filled = {
            name: own if value == CALLER else value for name, value in BODIES.get(route.name, {}).items()
        }
        body = None if route.method == "GET" else filled
        return await self.client.request(
            route.method,
            route.path.format(**{**values, **named}),
            params=QUERIES.get(route.name),
            # Pages are sent forms.
            **{"json" if route.path.startswith("/api/") else "data": body},
            headers={**by, **said, "Accept": "application/json"},
        )

    def without_codes(self, answer):
        """Reduce an answer to what it tells beyond the code that was asked for."""
        text = answer.text
        for code in (*self.existing.values(), *self.absent.values()):
            text = text.replace(code, "CODE")
        return answer.status_code, re.sub(r'"instance":\s*"\w+"', "", text)


@pytest.fixture
async def world(client, clock):
    return await Visited(client, clock).build()


def test_every_route_with_a_parameter_says_whose_things_it_shows():
    unplaced = [
        route.name
        for route in routes()
        if route.parameters and route.path not in PUBLIC and route.noun not in THINGS
    ]
    assert not unplaced


def private_routes() -> list[Route]:
    return [
        route
        for route in routes()
        if route.parameters
        and route.path not in PUBLIC
        and not (route.method == "GET" and route.path in PUBLIC_WHEN_READ)
    ]


async def test_a_stranger_learns_nothing_about_any_single_thing(world):
    assert len(private_routes()) >= 20
    wrong = []
    for route in private_routes():
        existing = world.without_codes(await world.call(route, world.existing, world.stranger))
        absent = world.without_codes(await world.call(route, world.absent, world.stranger))
        if existing[0] != 404 or existing != absent:
            wrong.append((route.name, existing, absent))
    assert not wrong


async def test_the_owner_finds_each_of_these_things(world):
    wrong = []
    reading = [route for route in private_routes() if route.method == "GET"]
    writing = [route for route in private_routes() if route.method != "GET"]
    # What is deleted is not found again, nor is a partner heard that is paused or has ended.
    writing.sort(key=lambda route: route.method == "DELETE" or route.path in SILENCING)
    for route in (*reading, *writing):
        answers = [await world.call(route, world.existing, by) for by in (world.owner, world.agency)]
        found = [answer for answer in answers if answer.status_code in FOUND]
        if not found or (route in reading and found[0].status_code != 200):
            wrong.append((route.name, [(answer.status_code, answer.text[:200]) for answer in answers]))
    assert not wrong


async def test_the_anonymous_are_sent_away_from_each_of_these_things(world):
    wrong = []
    app = world.client._transport.app
    for number, route in enumerate(private_routes(), 1):
        # Each from an address of its own: there are more routes than one address may call in a minute.
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(f"192.0.2.{number}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as world.client:
            answer = await world.call(route, world.existing, {})
        if not route.anonymous and answer.status_code != 401:
            wrong.append((route.name, answer.status_code))
    assert not wrong


async def test_no_list_of_a_stranger_holds_anything_of_another(world):
    lists = [route for route in routes() if route.method == "GET" and not route.parameters]
    secret = [code for thing, code in world.existing.items() if thing != "organisation"]
    wrong, called = [], 0
    for route in lists:
        answer = await world.client.get(route.path, headers={**world.stranger, "Accept": "application/json"})
        called += answer.status_code == 200
        if answer.status_code >= 500 or any(code in answer.text for code in secret):
            wrong.append((route.name, answer.status_code, answer.text[:300]))
    assert called >= 10
    assert not wrong


@pytest.mark.parametrize(
    "query",
    [
        "dossiers?q={dossier}",
        f"dossiers?organisation={OFFICE}",
        f"dossiers?organisation={AUTHORITY}",
        f"manifests?giver={OFFICE}",
        f"manifests?receiver={DESK}",
        "pieces?code={item}",
        "discrepancies?manifest={manifest}",
        f"discrepancies?owner={OFFICE}",
        "fees?dossier={dossier}",
        "fees?person={person}",
        "fees/remittances?person={person}",
        "lead-times?by=office",
        "lead-times?by=agency",
    ],
)
async def test_no_filter_opens_a_list_to_a_stranger(world, query):
    codes = [code for thing, code in world.existing.items() if thing != "organisation"]
    answer = await world.client.get(f"/api/v1/{query.format(**world.existing)}", headers=world.stranger)
    assert answer.status_code < 500
    assert not any(code in answer.text for code in codes)
    assert answer.json().get("items", []) == []
    assert answer.json().get("groups", []) in (
        [],
        [group for group in answer.json().get("groups", []) if not group["n"]],
    )


async def test_naming_a_strangers_piece_in_a_body_tells_nothing(world):
    draft = await world.post("/manifests", {"receiver": DESK, "lines": []}, by=world.stranger)
    await person("p-of-s", STRANGER, now=world.clock.instant)
    money = {"line": "fee", "channel": "cash", "amount": 1, "receipt": "BL-OF-S", "person": "p-of-s"}
    probes = (
        ("POST", "/items", "dossier", lambda code: {"destination": DESK, "pieces": [code]}),
        ("POST", "/bags", "item", lambda code: {"destination": DESK, "pieces": [code]}),
        ("POST", "/manifests", "item", lambda code: {"receiver": DESK, "lines": [code]}),
        ("POST", "/manifests", "dossier", lambda code: {"receiver": DESK, "lines": [code]}),
        ("POST", "/fees", "dossier", lambda code: {"dossier": code, **money}),
        ("PUT", f"/manifests/{draft['code']}/lines", "item", lambda code: {"lines": [code]}),
    )
    wrong = []
    for method, path, thing, body in probes:
        answers = [
            world.without_codes(
                await world.client.request(
                    method, f"/api/v1{path}", json=body(codes[thing]), headers=world.stranger
                )
            )
            for codes in (world.existing, world.absent)
        ]
        if answers[0] != answers[1]:
            wrong.append((method, path, thing, answers))
    assert not wrong


async def test_a_successor_sees_what_its_predecessor_had_and_an_inspector_sees_all(world):
    now = world.clock.instant
    heir = await headers("BC-HEIR", *ORDINARY, now=now)
    await organisation("STATE", kind=Kind.AUTHORITY, level=Level.CENTRAL)
    inspector = await headers("STATE", Role.CONTROL, now=now)
    reading = [
        route
        for route in private_routes()
        if route.method == "GET" and route.path.startswith("/api/v1") and route.noun != "keys"
    ]
    opened = [route for route in reading if route.path not in OWN_BUSINESS]
    wrong = []
    for route in reading:
        answers = [await world.call(route, world.existing, by) for by in (heir, inspector)]
        inspected = {200} if route in opened else {403, 404}
        if answers[0].status_code != 404 or answers[1].status_code not in inspected:
            wrong.append((route.name, [(answer.status_code, answer.text[:200]) for answer in answers]))
    assert not wrong
    tried = [route for route in reading if not route.anonymous]
    assert await fetch_value("SELECT count(*) FROM audit WHERE action LIKE '%inspector'") == len(tried)
    await execute(
        "UPDATE organisation SET successor = 'BC-HEIR', valid_to = '2026-11-23' WHERE code = $1", OFFICE
    )
    for route in reading:
        answer = await world.call(route, world.existing, heir)
        if answer.status_code != 200:
            wrong.append((route.name, answer.status_code, answer.text[:200]))
    assert not wrong
