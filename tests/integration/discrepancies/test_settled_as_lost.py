"""A case that ends in a loss: custody says so, of what is in a bag too, until a scan or the case takes it back."""

from datetime import timedelta

import pytest

from postal import db
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.outbox.service import drain
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered, scan, scanned

A, B, INSIDE, BAG = item(1), item(2), item(3), "TUI-BC10-000001"


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, INSIDE, now=clock.instant)
    await registered(BAG, now=clock.instant, kind="bag")
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def lost(giver, client, clock):
    """A arrives, B and a bag with a piece in it do not; both cases are settled as lost."""
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    await scanned(scan(1, "pack", INSIDE, GIVER, minute=-30, manifest=None, container=BAG, subjects=(BAG,)))
    manifest = await giver.sealed(A, B, BAG)
    await giver.post(f"/manifests/{manifest}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(scan(2, "receive", A, minute=30, manifest=manifest))
    assert (await receiver.post(f"/manifests/{manifest}/close")).status_code == 200
    cases = {one["piece"]: one["id"] for one in (await giver.get("/discrepancies")).json()["items"]}
    for piece in (B, BAG):
        answer = await giver.post(
            f"/discrepancies/{cases[piece]}/resolve", {"resolution": "lost", "note": "Hết"}
        )
        assert answer.status_code == 200, answer.text
    return manifest


async def phases(one):
    return [(await one.get(f"/pieces/{piece}")).json()["phase"] for piece in (A, B, BAG, INSIDE)]


async def test_custody_says_lost_and_so_does_every_piece_of_a_lost_bag(giver, lost, client, database):
    assert await phases(giver) == ["held", "lost", "lost", "lost"]
    piece = (await giver.get(f"/pieces/{B}")).json()
    assert (piece["timeline"][-1]["kind"], piece["timeline"][-1]["manifest"]) == ("loss.stated", lost)
    assert piece["holder"] == GIVER, "who answers for it has not changed"
    assert (await giver.get(f"/incidents/{BAG}")).json()["contents"] == [INSIDE]
    for code in (B, INSIDE):
        assert "đang truy tìm" in (await client.get(f"/t/{code}")).text
    grown = await export()
    async with db.as_owner(database):
        await rebuild()
    assert await export() == grown


async def test_a_scan_finds_it_again_also_one_that_was_made_before_and_came_late(giver, lost, clock):
    clock.advance(timedelta(hours=1))
    await scanned(scan(5, "receive", INSIDE, minute=170, manifest=None))
    assert await phases(giver) == ["held", "lost", "lost", "held"], (
        "what was in the bag is here, the bag is not"
    )
    # It had arrived before anybody called it lost: the case opens again, and takes the loss back.
    await scanned(scan(6, "receive", B, minute=40, manifest=lost, received=175))
    await drain()
    cases = {one["piece"]: one for one in (await giver.get("/discrepancies")).json()["items"]}
    assert cases[B]["state"] == "open"
    assert await phases(giver) == ["held", "held", "lost", "held"]
    kinds = [step["kind"] for step in (await giver.get(f"/pieces/{B}")).json()["timeline"]]
    assert kinds[-2:] == ["loss.stated", "loss.withdrawn"]
