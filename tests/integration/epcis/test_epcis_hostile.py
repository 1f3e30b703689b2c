"""Whatever stands in an address or a document of events, by accident or on purpose: a refusal, never a failure."""

import base64
import json
import re

import pytest

from integrations.epcis.rules.addresses import Names
from integrations.epcis.rules.querying import PARAMETERS
from postal.identity.rules import Role
from tests.factories.custody import OFFICE, OTHER, network, organisation_key, pieces
from tests.factories.epcis import an_event, document

ITEM = "DH123456785VN"
NAMES = Names()
URL = "/api/v1/epcis"
ODD = (
    "%00",
    "a%00",
    "%FF",
    "%ED%A0%80",
    "%0A",
    "'%3B--",
    "x" * 8000,
    "%F0%9F%98%80",
    "",
    "null",
    "|",
    "%zz",
    "+07:00",
)
TOKENS = (
    None, [], "x", [[0, 0, "x", ""]], [[2**70, 0, str(0), ""]], [[-1, 0, "019a0000-0000-7000-8000-000000000000", ""]],
    [[2**62, 0, "019a0000-0000-7000-8000-000000000000", ""]], [[1, 0, "019a0000-0000-7000-8000-000000000000", "zz"]],
    [[1, 0, "019a0000-0000-7000-8000-000000000000", ""], 2**70],
    [[1, 0, "019a0000-0000-7000-8000-000000000000", ""], 5, "2026-11-23T08:00:00"], [[[[[[]]]]]],
)  # fmt: skip
PATHS = ("events/%00", "events/%FF", "events/..%2F..%2Fetc", "epcs/x", "epcs/%00/events", "epcs/%2F/events",
         "epcs//events", "capture/x", "capture/%00", "events/ni:%2F%2F%2Fsha-256;00", "nothing")  # fmt: skip


@pytest.fixture
async def keys(client, clock):
    await network(clock.instant)
    await pieces(ITEM, now=clock.instant)
    return [await organisation_key(code, Role.SYSTEM, now=clock.instant) for code in (OFFICE, OTHER)]


async def test_odd_addresses_are_refused_and_never_a_failure(client, keys):
    owner, _ = keys
    wrong = []
    for number, name in enumerate(PARAMETERS):
        for odd in ODD[number % 2 :: 2]:
            asked = f"{URL}/events?{name.replace('TYPE', 'po')}={odd}"
            answer = await client.get(asked, headers=owner)
            if answer.status_code not in {200, 400, 422}:
                wrong.append((asked[:120], answer.status_code, answer.text[:200]))
    for token in TOKENS:
        text = base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")
        for more in ("", "&orderBy=eventTime", f"&MATCH_epc={NAMES.thing(ITEM)}"):
            answer = await client.get(f"{URL}/events?nextPageToken={text}{more}", headers=owner)
            if answer.status_code not in {200, 400}:
                wrong.append((token, more, answer.status_code, answer.text[:200]))
    for path in PATHS:
        answer = await client.get(f"{URL}/{path}", headers=owner)
        if answer.status_code not in {400, 404, 405}:
            wrong.append((path, answer.status_code, answer.text[:200]))
    assert not wrong


def told(answer):
    return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


async def test_what_one_office_sees_another_finds_nothing_of(client, keys):
    owner, stranger = keys
    [event] = (await client.get(f"{URL}/events", headers=owner)).json()["epcisBody"]["queryResults"][
        "resultsBody"
    ]["eventList"]
    sent = await client.post(f"{URL}/capture", json=document(event, names=NAMES), headers=owner)
    quoted = event["eventID"].replace("?", "%3F")
    for path in (
        f"events/{event['eventID']}",
        f"events/{quoted}",
        f"epcs/{NAMES.thing(ITEM)}/events",
        f"capture/{sent.json()['captureID']}",
    ):
        own = await client.get(f"{URL}/{path}", headers=owner)
        assert own.status_code == 200, (path, own.text)
        others = await client.get(f"{URL}/{path}", headers=stranger)
        absent = await client.get(
            f"{URL}/{re.sub('[0-9a-f]{64}', '0' * 64, path).replace(ITEM, 'DH000000015VN').replace('019', '018')}",
            headers=stranger,
        )
        assert (others.status_code, others.json()["code"]) == (404, absent.json()["code"])
        assert ITEM not in others.text
    for query in ("", f"MATCH_anyEPC={NAMES.thing(ITEM)}", "orderBy=eventTime", f"EQ_eventID={quoted}"):
        answer = await client.get(f"{URL}/events?{query}", headers=stranger)
        assert told(answer) == []


async def test_odd_documents_are_refused_and_never_a_failure(client, keys):
    owner, _ = keys
    odd = [
        an_event(epcList=["https://x.vn/\x00"]), an_event(**{"postal:a": "\x00"}), an_event(**{"postal:a": 10**400}),
        an_event(**{"postal:a": [[[[]]]]}), an_event(bizStep=7), an_event(epcList={}), an_event(readPoint=[]),
        an_event(bizTransactionList=[7]), an_event(errorDeclaration=7),
        an_event(sensorElementList=[{"sensorReport": [7]}]),
        an_event(eventTime="9999-12-31T23:59:59.999999-14:00"), an_event(ilmd=7, action="ADD"), [], 7, None, "x",
        an_event(epcList=["https://x.vn/" + "a" * 3000]), an_event(persistentDisposition={"set": [{}]}),
        an_event(type={"a": 1}), an_event(eventID=["x"]), an_event(disposition={"a": []}), an_event(action=["ADD"]),
        an_event(bizTransactionList=[{"type": 7, "bizTransaction": "urn:a:b"}]), an_event(certificationInfo=[7, {}]),
    ]  # fmt: skip
    for event in odd:
        text = json.dumps(document(event, names=NAMES))
        answer = await client.post(f"{URL}/capture", content=text, headers=owner)
        assert answer.status_code in {202, 400, 422}, (event, answer.text)
        alone = event if isinstance(event, dict) else {}
        answer = await client.post(f"{URL}/events", json={"@context": NAMES.context, **alone}, headers=owner)
        assert answer.status_code in {201, 400, 409, 422}, (event, answer.text)
