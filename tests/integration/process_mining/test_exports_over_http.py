"""A period exported over HTTP: valid, complete, the same every time, and no more than one may see."""

import json
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema

from integrations.process_mining import service
from integrations.process_mining.rules import Form
from postal.db import fetch, fetch_value, unit_of_work
from postal.identity.rules import Role
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from tests.factories.dossiers import DESK, OFFICE, STRANGER
from tests.factories.feed import INSPECTOR, reader_of
from tests.factories.identity import headers
from tests.factories.world import World

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
    return world


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
    WHERE code IN (SELECT code FROM piece UNION SELECT code FROM manifest WHERE state <> 'draft') GROUP BY kind
    """
    assert events == dict(await fetch(rows)), "each row is one event"
    assert objects["manifest"] == await fetch_value("SELECT count(*) FROM manifest WHERE state <> 'draft'")
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
