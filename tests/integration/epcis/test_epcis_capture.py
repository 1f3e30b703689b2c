"""Events of others come in: as scans where they say what hands did, else kept; wrong ones stop what they may."""

import pytest

from integrations.epcis.rules.addresses import Names
from postal.db import fetch_value
from postal.identity.rules import Role
from tests.factories.custody import DESK, OFFICE, network, organisation_key, pieces
from tests.factories.epcis import an_event, document, schema

ITEM, OTHER = "DH123456785VN", "DH000000015VN"
NAMES = Names()
URL = "/api/v1/epcis"


def event(code=ITEM, **more):
    return an_event(**{"epcList": [NAMES.thing(code)], **more})


def doc(*events):
    return document(*events, names=NAMES)


@pytest.fixture
async def keys(client, clock):
    await network(clock.instant)
    await pieces(ITEM, OTHER, now=clock.instant)
    return {code: await organisation_key(code, Role.SYSTEM, now=clock.instant) for code in (OFFICE, DESK)}


async def test_a_receipt_of_a_partner_moves_custody_once(client, keys):
    offered = event(
        bizStep="shipping",
        eventTime="2026-11-23T07:30:00+07:00",
        destinationList=[{"type": "possessing_party", "destination": NAMES.party(DESK)}],
    )
    received = event(
        sourceList=[{"type": "possessing_party", "source": NAMES.party(OFFICE)}],
        eventTime="2026-11-23T07:40:00+07:00",
    )
    sent = await client.post(f"{URL}/capture", json=doc(offered), headers=keys[OFFICE])
    assert sent.status_code == 202, sent.text
    assert sent.json()["success"], sent.text
    job = (await client.post(f"{URL}/capture", json=doc(received), headers=keys[DESK])).json()
    assert (job["captured"], job["moving"], job["running"]) == (1, 1, False)
    held = (await client.get(f"/api/v1/pieces/{ITEM}", headers=keys[DESK])).json()
    assert held["holder"] == DESK
    again = (await client.post(f"{URL}/capture", json=doc(received), headers=keys[DESK])).json()
    assert (again["captured"], again["repeated"], again["errors"][0]["status"]) == (0, 1, 409)
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'receive'") == 1
    answer = await client.get(f"{URL}/events", headers=keys[DESK])
    assert answer.status_code == 200, answer.text
    schema().validate(answer.json())
    shown = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert [each["bizStep"] for each in shown] == ["commissioning", "commissioning", "shipping", "receiving"]
