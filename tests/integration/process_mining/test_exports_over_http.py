"""A period exported over HTTP: valid, complete, the same every time, and no more than one may see."""

import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema

from integrations.process_mining import repository, service
from integrations.process_mining.repository import Wanted
from integrations.process_mining.rules import Form, Veil
from integrations.process_mining.rules.markup import escaped
from postal.db import fetch, fetch_value, unit_of_work
from postal.identifiers import new_id
from postal.identity.repository import people
from postal.identity.rules import Role
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from tests.factories.dossiers import DESK, OFFICE, STRANGER
from tests.factories.feed import INSPECTOR, reader_of
from tests.factories.identity import headers
from tests.factories.identity import person as a_person
from tests.factories.world import World
from tests.factories.xes import written_slowly

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
OCEL_JSON, OCEL_XML = SHARED / "ocel-2.0-json-schema.json", SHARED / "ocel-2.0-validation.xsd"


async def exported(form, clock, actor=INSPECTOR, key=b"key"):
    body = await service.export(form, begin=None, end=None, actor=actor, now=clock.instant, key=key)
    return b"".join([piece async for piece in body])


def against_schema(text):
    """List what the published schema forbids; this validator does not look for keys below an element's children."""
    found = [error.reason for error in xmlschema.XMLSchema(OCEL_XML).iter_errors(text)]
    return [reason for reason in found if "TypeAttributeKey" not in reason]


def attributes(element):
    return {child.get("key"): child.get("value") for child in element if child.get("key")}


@pytest.fixture
async def world(client, clock):
    world = await World(client, clock).build()
    dossier = world.existing["dossier"]
    await world.desks.states(dossier, "received")
    async with unit_of_work():
        await record([scan(dossier, OFFICE, "p-of-a", clock), scan(dossier, DESK, "p-of-d", clock)])
    await loaded(world)
    return world


async def loaded(world):
    """Load the world's trip with a manifest that was handed over and a bag of its own."""
    item = (await world.post("/items", {"destination": DESK}))["code"]
    world.bag = (await world.post("/bags", {"destination": DESK}))["code"]
    world.loaded = (await world.post("/manifests", {"receiver": DESK, "lines": [item]}))["code"]
    for step in ("seal", "dispatch"):
        await world.post(f"/manifests/{world.loaded}/{step}", None)
    aboard = {"manifests": [world.loaded], "bags": [world.bag]}
    await world.post(f"/trips/{world.existing['trip']}/load", aboard)


def scan(code, organisation, person, clock):
    return authored(
        stream=Stream.SCAN,
        kind="depart",
        code=code,
        occurred_at=clock.instant,
        now=clock.instant,
        actor_organisation=organisation,
        person=person,
        body={"place": organisation},
    )


async def test_a_period_is_exported_valid_and_complete_in_each_form(world, client, clock):
    inspector = await headers(OFFICE, Role.CONTROL, now=clock.instant)
    bodies = {}
    for form in Form:
        answer = await client.get(f"/api/v1/exports/process.{form.value}", headers=inspector)
        assert answer.status_code == 200
        assert f'.{form.value}"' in answer.headers["content-disposition"]
        bodies[form] = answer.text
    for text in bodies.values():
        assert "p-of-a" not in text, "no staff code"
        assert not re.search("Nguyễn|0912|Lê Lợi|046090001234", text), "nothing of the applicant"

    log = ET.fromstring(bodies[Form.XES])
    order = [child.tag for child in log]
    wanted = ["extension", "global", "classifier", "string", "trace"]
    assert order == sorted(order, key=wanted.index)
    declared = {
        key for scope in log.iter("global") if scope.get("scope") == "event" for key in attributes(scope)
    }
    assert {key for one in log.iter("classifier") for key in one.get("keys").split()} <= declared
    for event in log.iter("event"):
        assert declared <= set(attributes(event))
        assert len(attributes(event)) == len(event), "no key twice"
    cases = [attributes(each)["concept:name"] for each in log.iter("trace")]
    assert Counter(cases) == {code: 1 for [code] in await fetch("SELECT code FROM dossier")}
    of_dossier = next(
        one for one in log.iter("trace") if attributes(one)["concept:name"] == world.existing["dossier"]
    )
    activities = [attributes(event)["concept:name"] for event in of_dossier.iter("event")]
    assert {"registered", "received", "piece.registered"} <= set(activities)

    told = json.loads(bodies[Form.OCEL_JSON])
    jsonschema_rs.validator_for(json.loads(OCEL_JSON.read_text())).validate(told)
    assert not against_schema(bodies[Form.OCEL_XML])
    from_xml = ET.fromstring(bodies[Form.OCEL_XML])
    for types, things in (("object-types", "objects"), ("event-types", "events")):
        names = Counter(one.get("name") for one in from_xml.find(types).iter("attribute"))
        assert set(names.values()) == {1}, "an attribute belongs to one type"
        assert {one.get("name") for one in from_xml.find(things).iter("attribute")} <= set(names)
    objects = Counter(one["type"] for one in told["objects"])
    events = Counter(one["type"] for one in told["events"])
    assert objects == Counter(one.get("type") for one in from_xml.find("objects"))
    assert events == Counter(one.get("type") for one in from_xml.find("events"))
    rows = """
    SELECT kind, count(*) FROM ledger
    WHERE code IN (
        SELECT code FROM piece UNION SELECT code FROM manifest WHERE state <> 'draft' UNION SELECT code FROM trip
    )
    GROUP BY kind
    """
    assert events == dict(await fetch(rows)), "each row is one event"
    assert objects["manifest"] == await fetch_value("SELECT count(*) FROM manifest WHERE state <> 'draft'")
    (trip,) = [one for one in told["objects"] if one["type"] == "trip"]
    carried = {(to["qualifier"], to["objectId"]) for to in trip["relationships"]}
    assert {("carries", f"manifest:{world.loaded}"), ("carries", f"bag:{world.bag}")} <= carried
    assert ("carrier", f"organisation:{OFFICE}") in carried
    (loading,) = [one for one in told["events"] if one["type"] == "trip.loaded"]
    named = {(to["qualifier"], to["objectId"]) for to in loading["relationships"]}
    assert {("subject", trip["id"]), ("load", f"bag:{world.bag}")} <= named
    known = {one["id"] for one in told["objects"]}
    related = {to["objectId"] for one in (*told["events"], *told["objects"]) for to in one["relationships"]}
    assert related <= known
    assert {"subject", "line", "container", "by", "role"} <= {
        to["qualifier"] for one in told["events"] for to in one["relationships"]
    }


async def test_the_same_key_gives_the_same_file_and_people_can_be_left_out(world, clock):
    for form in Form:
        once = await exported(form, clock)
        assert once == await exported(form, clock)
        assert once != await exported(form, clock, key=b"other")
        bare = await exported(form, clock, key=None)
        assert b"p-" in re.findall(rb"[@:\"](p-)[0-9a-f]{20}", once)
        assert not re.search(rb"p-[0-9a-f]{20}", bare)


async def test_the_database_writes_what_a_second_writer_writes_to_the_byte(world, clock, monkeypatch):
    dossier = world.existing["dossier"]
    now = clock.instant
    await a_person(
        "p-of-a", OFFICE, Role.CLERK, now=now - timedelta(seconds=9), until=now + timedelta(hours=1)
    )
    async with unit_of_work():
        await people.add_assignment(new_id(now), "p-of-a", Role.SORTER, OFFICE, now, None)
        await people.add_assignment(new_id(now), "p-of-a", Role.CLERK, OFFICE, now - timedelta(days=1), now)
        await people.add_assignment(
            new_id(now), "p-of-a", Role.DESK, DESK, now, now + timedelta(microseconds=1)
        )
    odd = '&amp; "<b>"\t\r\n\x01\x7f\x85\x9f\ufffe ầ 😀'
    async with unit_of_work():
        body = {
            "place": odd,
            "reason": odd,
            "condition": "",
            "counterparty": odd,
            "step": "Trình ký & đóng dấu",
        }
        rows = [
            authored(
                stream=Stream.CASE,
                kind="step_done",
                code=dossier,
                occurred_at=clock.instant + timedelta(microseconds=n % 2),
                now=clock.instant,
                actor_organisation=OFFICE,
                person=person,
                body=body,
            )
            for n, person in enumerate(("p-of-a", "p-của-b", None))
        ]
        await record(rows)
    monkeypatch.setattr(repository, "CASES_A_PAGE", 1)
    for actor in (INSPECTOR, reader_of(OFFICE), reader_of(DESK), reader_of(STRANGER)):
        for key in (b"key", b"k" * 65, None):
            fast = await exported(Form.XES, clock, actor, key)
            wanted = Wanted(
                service.EARLIEST, clock.instant + timedelta(microseconds=1), actor, await repository.settled()
            )
            assert fast == await written_slowly(wanted, Veil(key))
    assert escaped(odd).encode() in await exported(Form.XES, clock)
    assert b'key="org:role" value="clerk,sorter"' in await exported(Form.XES, clock)


async def test_the_database_escapes_as_we_do(database):
    every = "".join(map(chr, (*range(1, 0x300), *range(0x2020, 0x2040), 0xD7FF, *range(0xFFF0, 0x10010))))
    assert await fetch_value("SELECT xml_text($1)", every) == escaped(every)
    assert await fetch_value("SELECT xml_text($1)", "DH000000005VN ầ") == "DH000000005VN ầ"


async def test_an_organisation_exports_what_it_sees_and_a_stranger_nothing(world, clock):
    own = ET.fromstring(await exported(Form.XES, clock, reader_of(OFFICE)))
    assert [one for one in own.iter("trace") if attributes(one)["concept:name"] == world.existing["dossier"]]
    resources = {
        attributes(event).get("org:group")
        for event in own.iter("event")
        if "org:resource" in attributes(event)
    }
    assert resources == {OFFICE}, "people of others stay unnamed"
    assert not list(ET.fromstring(await exported(Form.XES, clock, reader_of(STRANGER))).iter("trace"))
    strange = json.loads(await exported(Form.OCEL_JSON, clock, reader_of(STRANGER)))
    assert (strange["objects"], strange["events"]) == ([], [])
    desk = json.loads(await exported(Form.OCEL_JSON, clock, reader_of(DESK)))
    known = {one["id"] for one in desk["objects"]}
    assert {to["objectId"] for one in desk["events"] for to in one["relationships"]} <= known


async def test_a_period_holds_what_began_in_it_and_must_have_a_length(world, client, clock):
    inspector = await headers(OFFICE, Role.REGULATOR, now=clock.instant)
    before = {"from": "2020-01-01", "to": "2020-02-01"}
    answer = await client.get("/api/v1/exports/process.xes", params=before, headers=inspector)
    assert answer.status_code == 200
    assert not list(ET.fromstring(answer.text).iter("trace"))
    back = {"from": "2026-12-01", "to": "2026-11-01"}
    answer = await client.get("/api/v1/exports/process.ocel.xml", params=back, headers=inspector)
    assert (answer.status_code, answer.json()["code"]) == (422, "export.period")
    clerk = await headers(OFFICE, Role.CLERK, now=clock.instant)
    assert (await client.get("/api/v1/exports/process.xes", headers=clerk)).status_code == 403
