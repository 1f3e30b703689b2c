"""Events of others come in: as scans where they say what hands did, else kept; wrong ones stop what they may."""

import asyncio
from urllib.parse import quote

import pytest

from integrations.epcis.rules.addresses import Names
from integrations.epcis.service.capturing import MOST_EVENTS
from postal.db import fetch_value
from postal.identity.rules import Role
from postal.outbox import drain
from tests.factories.custody import DESK, OFFICE, network, organisation_key, pieces
from tests.factories.dossiers import Desks
from tests.factories.epcis import an_event, document, schema

ITEM, OTHER = "DH123456785VN", "DH000000015VN"
NAMES = Names()
URL = "/api/v1/epcis"


def event(code=ITEM, **more):
    return an_event(**{"epcList": [NAMES.thing(code)], **more})


def doc(*events):
    return document(*events, names=NAMES)


def foreign(number):
    return an_event(epcList=[f"https://example.com/box/{number}"])


OFFERED = event(
    bizStep="shipping",
    eventTime="2026-11-23T07:30:00+07:00",
    destinationList=[{"type": "possessing_party", "destination": NAMES.party(DESK)}],
)
RECEIVED = event(
    eventTime="2026-11-23T07:40:00+07:00",
    sourceList=[{"type": "possessing_party", "source": NAMES.party(OFFICE)}],
)


@pytest.fixture
async def keys(client, clock):
    await network(clock.instant)
    await pieces(ITEM, OTHER, now=clock.instant)
    return {code: await organisation_key(code, Role.SYSTEM, now=clock.instant) for code in (OFFICE, DESK)}


async def captured(client, headers, *events, **further):
    answer = await client.post(f"{URL}/capture", json=doc(*events), headers={**headers, **further})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{URL}/capture/{answer.json()['captureID']}"
    await drain()
    job = await client.get(answer.headers["location"], headers=headers)
    assert job.headers["gs1-epcis-version"] == "2.0.0"
    return job.json()


async def holder(client, headers, code=ITEM):
    return (await client.get(f"/api/v1/pieces/{code}", headers=headers)).json()["holder"]


async def events(client, headers, **query):
    """Follow a query to its end; every page is one of GS1's schema."""
    found, at = [], f"{URL}/events"
    while True:
        answer = await client.get(at, params=query or None, headers=headers)
        assert answer.status_code == 200, answer.text
        schema().validate(answer.json())
        found += answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        if "link" not in answer.headers:
            return found
        assert answer.headers["gs1-next-page-token-expires"]
        at, query = answer.headers["link"].partition(">")[0].removeprefix("<"), {}


async def test_a_handover_told_by_two_partners_moves_custody_once(client, keys):
    assert (await captured(client, keys[OFFICE], OFFERED))["success"]
    job = await captured(client, keys[DESK], RECEIVED)
    assert (job["captured"], job["moving"], job["running"]) == (1, 1, False)
    assert await holder(client, keys[DESK]) == DESK
    again = await captured(client, keys[DESK], RECEIVED)
    assert (again["captured"], again["repeated"], again["errors"][0]["status"]) == (0, 1, 409)
    many = await captured(client, keys[DESK], RECEIVED, event(OTHER, bizStep="holding"), RECEIVED)
    assert (many["captured"], many["repeated"], many["success"]) == (1, 2, True)
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'receive'") == 1
    # Whoever captured sees it as it was sent, the other side what became of it; both share the piece's history.
    desk, office = [await events(client, keys[one], MATCH_epc=NAMES.thing(ITEM)) for one in (DESK, OFFICE)]
    assert [each["bizStep"] for each in desk] == [each["bizStep"] for each in office]
    assert [each["bizStep"] for each in desk] == ["commissioning", "shipping", "receiving"]
    assert "postal:row" in office[2]
    assert "postal:row" not in desk[2]
    assert desk[2]["sourceList"] == RECEIVED["sourceList"] == office[2]["sourceList"]
    assert await events(
        client, keys[OFFICE], EQ_source_possessing_party=NAMES.party(OFFICE), EQ_bizStep="receiving"
    )


async def test_an_error_declaration_takes_back_what_the_event_said(client, keys):
    await captured(client, keys[OFFICE], OFFERED)
    await captured(client, keys[DESK], RECEIVED)
    [told] = await events(client, keys[DESK], EQ_bizStep="receiving")
    declaration = {"declarationTime": "2026-11-23T07:50:00+07:00", "reason": "did_not_occur"}
    declared = RECEIVED | {"errorDeclaration": declaration}
    job = await captured(client, keys[DESK], declared)
    assert (job["captured"], job["moving"]) == (1, 1)
    assert await holder(client, keys[DESK]) != DESK
    again = await captured(client, keys[DESK], declared)
    assert (again["captured"], again["repeated"]) == (0, 1)
    found = await events(client, keys[OFFICE], EXISTS_errorDeclaration="true")
    assert [each["bizStep"] for each in found] == ["receiving"]
    quoted = quote(told["eventID"], safe="")
    both = await client.get(f"{URL}/events/{quoted}", headers=keys[DESK])
    assert both.status_code == 200, both.text
    assert len(both.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 2
    # A party takes back what it said itself, not what the other said.
    [offer] = await events(client, keys[DESK], EQ_bizStep="shipping")
    await captured(client, keys[DESK], offer | {"errorDeclaration": declaration})
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'correct'") == 1


async def test_what_says_nothing_of_ones_own_hands_is_kept_and_moves_nothing(client, keys):
    before = await fetch_value("SELECT count(*) FROM ledger")
    others = event(destinationList=[{"type": "possessing_party", "destination": NAMES.party(DESK)}])
    echo = (await events(client, keys[OFFICE]))[0]
    sensed = an_event(
        epcList=None, bizStep="sensor_reporting", disposition=None, readPoint={"id": "urn:a:b"},
        sensorElementList=[{"sensorReport": [{"type": "Temperature", "value": 21.5, "uom": "CEL"}]}],
    )  # fmt: skip
    job = await captured(
        client, keys[OFFICE], foreign(1), others, sensed, echo, event(action="ADD", bizStep="commissioning")
    )
    assert (job["captured"], job["moving"], job["success"]) == (5, 0, True)
    assert await fetch_value("SELECT count(*) FROM ledger") == before
    found = await events(client, keys[OFFICE], MATCH_anyEPC="https://example.com/box/1")
    assert [each["epcList"] for each in found] == [["https://example.com/box/1"]]
    assert await events(client, keys[DESK], MATCH_anyEPC="https://example.com/box/1") == []
    at = f"{URL}/epcs/https:%2F%2Fexample.com%2Fbox%2F1/events"
    assert (await client.get(at, headers=keys[OFFICE])).status_code == 200
    assert (await client.get(at, headers=keys[DESK])).status_code == 404


async def test_one_event_alone_and_twice(client, keys):
    alone = {"@context": NAMES.context, **OFFERED, "ext:colour": "đỏ"}
    refused = await client.post(f"{URL}/events", json=alone, headers=keys[OFFICE])
    assert refused.status_code == 400
    assert (refused.json()["code"], refused.json()["pointer"]) == ("epcis.term", "/ext:colour")
    alone["@context"] = [*NAMES.context, {"ext": "https://example.com/ns/"}]
    answer = await client.post(f"{URL}/events", json=alone, headers=keys[OFFICE])
    assert answer.status_code == 201, answer.text
    assert (await client.get(answer.headers["location"], headers=keys[OFFICE])).status_code == 200
    again = await client.post(f"{URL}/events", json=alone, headers=keys[OFFICE])
    assert (again.status_code, again.json()["code"]) == (409, "epcis.repeated")
    [kept] = await events(client, keys[OFFICE], EQ_bizStep="shipping")
    assert kept["@context"] == {"ext": "https://example.com/ns/"}
    assert kept["ext:colour"] == "đỏ"
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'offer'") == 1


async def test_a_document_is_done_once_however_often_its_key_comes(client, keys):
    key = {"Idempotency-Key": "document-1"}
    first, second = [
        await client.post(f"{URL}/capture", json=doc(OFFERED), headers={**keys[OFFICE], **key})
        for _ in range(2)
    ]
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert await fetch_value("SELECT count(*) FROM epcis_capture") == 1
    listed = (await client.get(f"{URL}/capture", headers=keys[OFFICE])).json()
    assert [each["captureID"] for each in listed] == [first.json()["captureID"]]
    assert (await client.get(f"{URL}/capture", headers=keys[DESK])).json() == []
    assert (await client.get(first.headers["location"], headers=keys[DESK])).status_code == 404


async def one_wrong_among(client, headers, count, behaviour):
    """Capture some events of which one is wrong, and give the job."""
    several = [foreign(number) for number in range(count)]
    several[count // 2] = {**several[count // 2], "bizStep": "recieving"}
    further = {"GS1-Capture-Error-Behaviour": behaviour} if behaviour else {}
    return await captured(client, headers, *several, **further)


@pytest.mark.parametrize("count", [50, 260, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.timeout(900)
async def test_one_wrong_event_stops_all_or_itself_alone(client, keys, count):
    for behaviour in (None, "rollback"):
        job = await one_wrong_among(client, keys[OFFICE], count, behaviour)
        assert (job["captureErrorBehaviour"], job["success"], job["running"]) == ("rollback", False, False)
        assert (job["captured"], job["failed"]) == (0, 1)
        [error] = job["errors"]
        assert (error["event"], error["pointer"]) == (
            count // 2,
            f"/epcisBody/eventList/{count // 2}/bizStep",
        )
        assert await fetch_value("SELECT count(*) FROM epcis_event") == 0
    job = await one_wrong_among(client, keys[OFFICE], count, "proceed")
    assert (job["captured"], job["failed"], job["success"]) == (count - 1, 1, False)
    assert [each["event"] for each in job["errors"]] == [count // 2]
    assert await fetch_value("SELECT count(*) FROM epcis_event") == count - 1
    assert await fetch_value("SELECT count(*) FROM epcis_waiting") == 0


async def test_what_is_no_document_is_refused_with_its_place(client, keys, clock):
    for body, status, code, pointer in (
        (b"{", 400, "request.malformed_json", ""),
        (b"[]", 400, "request.invalid", None),
        (b'{"type": "EPCISQueryDocument"}', 400, "epcis.document", "/type"),
        (b'{"type": "EPCISDocument"}', 400, "epcis.context", "/@context"),
    ):
        answer = await client.post(f"{URL}/capture", content=body, headers=keys[OFFICE])
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert pointer is None or answer.json()["pointer"] == pointer
    many = doc(*[{}] * (MOST_EVENTS + 1))
    answer = await client.post(f"{URL}/capture", json=many, headers=keys[OFFICE])
    assert (answer.status_code, answer.json()["code"]) == (413, "epcis.too_many")
    behaviour = {**keys[OFFICE], "GS1-Capture-Error-Behaviour": "ignore"}
    assert (await client.post(f"{URL}/capture", json=doc(OFFERED), headers=behaviour)).status_code == 400
    answer = await client.get(f"{URL}/events", params={"EQ_bizstep": "x"}, headers=keys[OFFICE])
    assert (answer.status_code, answer.json()["pointer"]) == (400, "/query/EQ_bizstep")
    assert (await client.get(f"{URL}/events?nextPageToken=x", headers=keys[OFFICE])).status_code == 400
    assert (await client.get(f"{URL}/events?EQ_action=%FF", headers=keys[OFFICE])).status_code == 400
    reader = await organisation_key(OFFICE, Role.CLERK, now=clock.instant)
    assert (await client.post(f"{URL}/capture", json=doc(OFFERED), headers=reader)).status_code == 403
    assert await fetch_value("SELECT count(*) FROM epcis_capture") == 0


async def test_pages_skip_and_double_nothing_while_others_write(client, keys):
    await captured(client, keys[OFFICE], *[foreign(number) for number in range(12)])
    early = {each["eventID"] for each in await events(client, keys[OFFICE])}
    assert len(early) == 12 + 2

    async def write():
        for number in range(100, 115):
            await captured(client, keys[OFFICE], foreign(number))

    writing = asyncio.create_task(write())
    for query in ({}, {"orderBy": "eventTime"}, {"orderBy": "recordTime", "orderDirection": "ASC"}):
        seen = [each["eventID"] for each in await events(client, keys[OFFICE], perPage="3", **query)]
        assert len(seen) == len(set(seen))
        assert early <= set(seen)
    await writing
    everything = [each["eventID"] for each in await events(client, keys[OFFICE], perPage="7")]
    assert len(everything) == len(set(everything)) == 27 + 2
    by_time = [
        each["recordTime"] for each in await events(client, keys[OFFICE], orderBy="recordTime", perPage="9")
    ]
    assert by_time == sorted(by_time, reverse=True)


async def test_a_registered_dossier_is_told_though_its_row_only_counts_its_papers(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    code = await desks.dossier()
    (told,) = [each for each in await events(client, desks.desk) if each["postal:kind"] == "registered"]
    assert NAMES.thing(code) in str(told)
    assert "postal:line" not in told


async def test_events_are_seen_exactly_as_the_feed_shows(client, keys, clock):
    stranger = await organisation_key("BC-9", Role.CLERK, now=clock.instant)
    await captured(client, keys[OFFICE], OFFERED)
    await captured(client, keys[DESK], RECEIVED)
    for headers in (*keys.values(), stranger):
        fed = (await client.get("/api/v1/events", headers=headers)).json()["items"]
        told = await events(client, headers)
        assert len(told) == len(fed)
        rows = {each["postal:row"] for each in told if "postal:row" in each}
        assert rows <= {each["id"] for each in fed}
    assert await events(client, stranger) == []
    everything = str([await events(client, one) for one in keys.values()])
    assert "program." not in everything
    assert "NV-" not in everything
