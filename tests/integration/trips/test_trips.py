"""Trips over HTTP: manifests and bags aboard, moved together, and nobody's claim changed."""

from datetime import timedelta

import pytest

from postal.config import DatabaseSettings
from postal.db import as_owner
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered
from tests.factories.network import organisations

A, B, C = item(1), item(2), item(3)
BAG, OTHER_BAG = "TUI-01", "TUI-02"
CARRIER = "VC-77"


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, C, now=clock.instant)
    await registered(BAG, OTHER_BAG, now=clock.instant, kind="bag")
    await organisations(STRANGER, CARRIER)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def carrier(client, clock, giver):
    return await party(client, CARRIER, Role.COURIER, now=clock.instant)


async def opened(giver, **more):
    answer = await giver.post("/trips", {"origin": GIVER, "destination": RECEIVER, "carrier": CARRIER} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


async def test_a_trip_takes_a_manifest_and_a_bag_along_and_changes_no_holder(client, giver, carrier, clock):
    receiver = await party(client, RECEIVER, Role.CLERK, now=clock.instant)
    manifest = await giver.sealed(A, B)
    await giver.post(f"/manifests/{manifest}/dispatch")
    await giver.post(f"/pieces/{BAG}/close", {"seal": "NP-1"})
    code = await opened(giver, vehicle="29C-123.45", route="HY-01")
    loaded = await giver.post(f"/trips/{code}/load", {"manifests": [manifest], "bags": [BAG]})
    assert loaded.status_code == 200, loaded.text
    aboard = {one["code"]: one["seal"] and one["seal"]["number"] for one in loaded.json()["loads"]}
    assert aboard == {manifest: None, BAG: "NP-1"}
    clock.advance(timedelta(minutes=10))
    left = await carrier.post(f"/trips/{code}/depart")
    assert left.json()["state"] == "departed", left.text
    for piece in (A, B, BAG):
        told = (await giver.get(f"/pieces/{piece}")).json()
        assert (told["phase"], told["holder"], told["trip"]) == ("in_transit", GIVER, code)
    clock.advance(timedelta(hours=2))
    there = await receiver.post(f"/trips/{code}/arrive")
    assert (there.json()["state"], there.json()["stops"][-1]["place"]) == ("arrived", RECEIVER)
    told = (await giver.get(f"/pieces/{A}")).json()
    # The offer of the manifest stands all the way.
    assert (told["phase"], told["holder"], told["place"]) == ("offered", GIVER, RECEIVER)
    clock.advance(timedelta(minutes=10))
    taken = await receiver.post(f"/manifests/{manifest}/receive")
    assert taken.status_code == 200, taken.text
    after = (await receiver.get(f"/pieces/{A}")).json()
    assert (after["holder"], after["trip"], after["unverified"]) == (RECEIVER, None, manifest)


async def test_what_leaves_at_a_stop_stays_there(giver, carrier, clock):
    code = await opened(giver)
    await giver.post(f"/trips/{code}/load", {"bags": [BAG, OTHER_BAG]})
    clock.advance(timedelta(minutes=5))
    await carrier.post(f"/trips/{code}/depart")
    clock.advance(timedelta(minutes=5))
    await carrier.post(f"/trips/{code}/arrive", {"place": STRANGER})
    clock.advance(timedelta(minutes=5))
    off = await carrier.post(f"/trips/{code}/unload", {"bags": [BAG]})
    assert off.status_code == 200, off.text
    clock.advance(timedelta(minutes=5))
    await carrier.post(f"/trips/{code}/depart")
    stays, goes = [(await giver.get(f"/pieces/{bag}")).json() for bag in (BAG, OTHER_BAG)]
    assert (stays["phase"], stays["place"], stays["trip"]) == ("held", STRANGER, None)
    assert (goes["phase"], goes["trip"]) == ("in_transit", code)
    listed = (await carrier.get("/trips")).json()["items"]
    assert [one["code"] for one in listed] == [code]


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "pointer"),
    [
        ("load", {}, 422, "trip.nothing_named", None),
        ("load", {"bags": [A]}, 422, "trip.no_bag", "/bags/0"),
        ("load", {"bags": ["TUI-404"]}, 422, "trip.no_bag", "/bags/0"),
        ("load", {"manifests": ["BK-261123-ZZZZZZ"]}, 404, "manifest.not_found", None),
        ("unload", {"bags": [BAG]}, 409, "trip.not_aboard", "/bags/0"),
        ("depart", {}, 409, "trip.empty", None),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason(giver, path, body, status, code, pointer):
    trip = await opened(giver)
    refused = await giver.post(f"/trips/{trip}/{path}", body)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem.get("pointer")) == (status, code, pointer)


async def test_a_draft_goes_on_no_trip_and_a_receiver_drives_none(client, giver, clock):
    trip = await opened(giver)
    draft = await giver.draft(C)
    refused = await giver.post(f"/trips/{trip}/load", {"manifests": [draft]})
    assert (refused.status_code, refused.json()["code"]) == (409, "trip.manifest_state")
    await giver.post(f"/trips/{trip}/load", {"bags": [BAG]})
    receiver = await party(client, RECEIVER, Role.CLERK, now=clock.instant)
    stopped = await receiver.post(f"/trips/{trip}/depart")
    assert (stopped.status_code, stopped.json()["code"]) == (403, "trip.not_yours")
    unknown = await giver.post("/trips", {"origin": GIVER, "destination": "BC-404"})
    assert (unknown.status_code, unknown.json()["pointer"]) == (422, "/destination")


async def test_trips_come_back_from_the_ledger(giver, carrier, clock, database: DatabaseSettings):
    code = await opened(giver)
    await giver.post(f"/trips/{code}/load", {"bags": [BAG]})
    clock.advance(timedelta(minutes=5))
    await carrier.post(f"/trips/{code}/depart")
    before = await export()
    assert code.encode() in before
    async with as_owner(database):
        await rebuild()
    assert await export() == before
