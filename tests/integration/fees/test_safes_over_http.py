"""An office's safe over HTTP: what it counted goes on to the agency, and a list is its parties' business alone."""

import pytest

from postal import db
from postal.ledger.projections import export, rebuild
from tests.factories.dossiers import DESK, OFFICE
from tests.integration.fees.test_fees_over_http import Counter


@pytest.fixture
async def counter(client, clock):
    return await Counter(client, clock).open()


async def test_what_an_office_counted_goes_on_to_the_agency_and_is_counted_there(counter, database):
    await counter.taken(15_000, "BL-1")
    await counter.taken(8_000, "BL-2", by=counter.binh)
    for who in (counter.an, counter.binh):
        batch = (await counter.post("/remittances", {}, by=who)).json()
        lines = {"lines": [{"receipt": line["receipt"], "amount": line["amount"]} for line in batch["lines"]]}
        told = await counter.post(f"/remittances/{batch['code']}/count", lines, by=counter.chief)
        assert told.status_code == 200, told.text
    [safe] = (await counter.in_hand(by=counter.chief))["safes"]
    assert (safe["figures"]["collected"], safe["figures"]["in_hand"]) == (23_000, 23_000)
    assert (await counter.in_hand(by=counter.chief))["figures"]["collected"] == 23_000, "and not twice"
    assert (await counter.in_hand())["safes"] == [], "the safe is not every clerk's business"
    onward = {"receiver": DESK, "of_office": True}
    refused = await counter.post("/remittances", onward)
    assert (refused.status_code, refused.json()["code"]) == (403, "remittance.safe")
    itself = await counter.post("/remittances", {"of_office": True}, by=counter.chief)
    assert (itself.status_code, itself.json()["code"]) == (422, "remittance.to_itself")
    gone = (await counter.post("/remittances", onward, by=counter.chief)).json()
    assert (gone["receiver"], gone["amount"], gone["person"], gone["state"]) == (
        DESK,
        23_000,
        "chief",
        "handed",
    )
    empty = await counter.post("/remittances", onward, by=counter.chief)
    assert (empty.status_code, empty.json()["code"]) == (409, "remittance.empty")
    back = await counter.post(f"/remittances/{gone['code']}/withdraw", by=counter.chief)
    assert back.json()["state"] == "withdrawn"
    again = (await counter.post("/remittances", onward, by=counter.chief)).json()["code"]
    lines = {"lines": [{"receipt": "BL-1", "amount": 15_000}, {"receipt": "BL-2", "amount": 7_000}]}
    counted = (await counter.post(f"/remittances/{again}/count", lines, by=counter.desk)).json()
    assert [(line["receipt"], line["line_class"], line["owner"]) for line in counted["lines"]] == [
        ("BL-1", "matched", None),
        ("BL-2", "short", OFFICE),
    ]
    [safe] = (await counter.in_hand(by=counter.chief))["safes"]
    assert (safe["figures"]["remitted"], safe["figures"]["in_hand"]) == (22_000, 1_000)
    [theirs] = (await counter.in_hand(by=counter.desk))["safes"]
    assert (theirs["organisation"], theirs["figures"]["in_hand"]) == (DESK, 22_000)
    grown = await export()
    async with db.as_owner(database):
        await rebuild()
    assert await export() == grown


async def test_a_remittance_is_seen_by_its_parties_and_who_supervises_and_by_no_colleague(counter):
    await counter.taken(15_000, "BL-1")
    batch = (await counter.post("/remittances", {})).json()["code"]
    seen = {}
    for name in ("an", "binh", "chief", "desk"):
        by = getattr(counter, name)
        listed = (await counter.get("/remittances", by=by)).json()["items"]
        one = await counter.get(f"/remittances/{batch}", by=by)
        seen[name] = (len(listed), one.status_code)
    assert seen == {"an": (1, 200), "binh": (0, 404), "chief": (1, 200), "desk": (0, 404)}
