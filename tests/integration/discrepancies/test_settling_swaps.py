"""Swaps over HTTP: found across manifests, shown to each as far as it may see, settled as one."""

import asyncio
from datetime import timedelta

import pytest

from postal.identity.rules import Role
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations

A, B, C, D = (item(number) for number in range(1, 5))
BAG = "TUI-BC10-0001"


@pytest.fixture
async def giver(client, clock):
    await registered(A, C, now=clock.instant)
    await registered(B, D, now=clock.instant, to=STRANGER)
    await organisations(STRANGER)
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def desk(client, clock, giver):
    return await party(client, RECEIVER, Role.DESK, now=clock.instant)


@pytest.fixture
async def other_desk(client, clock, giver):
    return await party(client, STRANGER, Role.DESK, now=clock.instant)


@pytest.fixture
async def swapped(giver, desk, other_desk, clock):
    """A and B went to each other's desk."""
    first, second = await giver.sealed(A, C), await giver.sealed(B, D, receiver=STRANGER)
    for code in (first, second):
        await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(
        scan(1, "receive", B, RECEIVER, minute=30, manifest=first),
        scan(2, "receive", C, RECEIVER, minute=31, manifest=first),
        scan(3, "receive", A, STRANGER, minute=30, manifest=second),
        scan(4, "receive", D, STRANGER, minute=31, manifest=second),
    )
    await desk.post(f"/manifests/{first}/close")
    await other_desk.post(f"/manifests/{second}/close")
    return first, second


async def test_a_swap_is_found_and_settled_in_one_step_by_who_sees_both_sides(giver, swapped):
    first, second = swapped
    [swap] = (await giver.get("/discrepancies/swaps")).json()
    assert (swap["mutual"], swap["yours"], swap["manifests"]) == (True, True, sorted(swapped))
    assert {one["piece"]: (one["listed_on"], one["found_on"]) for one in swap["crossings"]} == {
        A: (first, second),
        B: (second, first),
    }
    settled = (await giver.post(f"/discrepancies/{swap['id']}/swap")).json()["cases"]
    assert {(one["piece"], one["manifest"]): one["resolution"] for one in settled} == {
        (piece, manifest): "swapped" for piece in (A, B) for manifest in swapped
    }
    assert {one["swap"] for one in settled} == {swap["id"]}
    assert (await giver.get("/discrepancies", state="open")).json()["items"] == []
    again = await giver.post(f"/discrepancies/{swap['id']}/swap")
    assert (again.status_code, again.json()["code"]) == (409, "discrepancy.no_swap")


async def test_a_party_of_one_side_sees_its_own_half_and_cannot_settle(desk, other_desk, swapped):
    first, second = swapped
    for speaker, own, others in ((desk, first, second), (other_desk, second, first)):
        answer = await speaker.get("/discrepancies/swaps")
        [swap] = answer.json()
        assert (swap["yours"], swap["manifests"]) == (False, [own])
        cases = {one["id"] for one in (await speaker.get("/discrepancies")).json()["items"]}
        shown = {case for one in swap["crossings"] for case in (one["missing"], one["extra"]) if case}
        assert shown <= cases
        refused = await speaker.post(f"/discrepancies/{swap['id']}/swap")
        assert (refused.status_code, refused.json()["code"]) == (403, "discrepancy.swap_not_yours")
        assert others not in answer.text


async def test_a_party_of_one_manifest_cannot_settle_even_where_it_sees_the_only_case(
    giver, other_desk, clock
):
    home, other = await giver.sealed(A), await giver.sealed(B, receiver=STRANGER)
    for code in (home, other):
        await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(
        scan(1, "receive", A, STRANGER, minute=30, manifest=other),
        scan(2, "receive", B, STRANGER, minute=31, manifest=other),
    )
    assert (await other_desk.post(f"/manifests/{other}/close")).status_code == 200
    [swap] = (await other_desk.get("/discrepancies/swaps")).json()
    assert (swap["yours"], swap["manifests"], swap["crossings"][0]["listed_on"]) == (False, [other], None)
    refused = await other_desk.post(f"/discrepancies/{swap['id']}/swap")
    assert (refused.status_code, refused.json()["code"]) == (403, "discrepancy.swap_not_yours")
    [swap] = (await giver.get("/discrepancies/swaps")).json()
    assert (swap["yours"], swap["manifests"]) == (True, sorted((home, other)))
    assert (await giver.post(f"/discrepancies/{swap['id']}/swap")).status_code == 200


async def test_a_case_without_a_counterpart_has_no_swap(giver, desk, clock):
    manifest = await giver.sealed(A)
    await giver.post(f"/manifests/{manifest}/dispatch")
    await desk.post(f"/manifests/{manifest}/close")
    [case] = (await giver.get("/discrepancies")).json()["items"]
    assert (await giver.get(f"/discrepancies/{case['id']}/swap")).json() == {"swap": None}


async def test_a_piece_received_under_the_wrong_list_of_the_same_desk_is_proposed_too(giver, desk, clock):
    first, second = await giver.sealed(A), await giver.sealed(C)
    for code in (first, second):
        await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(
        scan(1, "receive", A, minute=30, manifest=second), scan(2, "receive", C, minute=31, manifest=second)
    )
    for code in (first, second):
        assert (await desk.post(f"/manifests/{code}/close")).status_code == 200
    [swap] = (await desk.get("/discrepancies/swaps")).json()
    [crossing] = swap["crossings"]
    assert (crossing["piece"], crossing["listed_on"], crossing["found_on"], crossing["missing"]) == (
        A,
        first,
        second,
        None,
    )
    assert (await desk.post(f"/discrepancies/{swap['id']}/swap")).status_code == 200


async def test_a_piece_packed_in_the_wrong_bag_is_traced_to_the_bag_it_was_in(giver, desk, other_desk, clock):
    await registered(BAG, now=clock.instant, kind="bag")
    await scanned(scan(1, "pack", A, GIVER, minute=-5, container=BAG, manifest=None, subjects=(BAG,)))
    bagged, other = await giver.sealed(BAG), await giver.sealed(B, receiver=STRANGER)
    for code in (bagged, other):
        await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(
        scan(2, "receive", BAG, minute=30, manifest=bagged),
        scan(3, "receive", A, STRANGER, minute=60, manifest=other),
        scan(4, "receive", B, STRANGER, minute=61, manifest=other),
    )
    assert (await desk.post(f"/manifests/{bagged}/close")).status_code == 200
    assert (await other_desk.post(f"/manifests/{other}/close")).status_code == 200
    [swap] = (await giver.get("/discrepancies/swaps")).json()
    [crossing] = swap["crossings"]
    assert (crossing["piece"], crossing["bag"], crossing["listed_on"], crossing["found_on"]) == (
        A,
        BAG,
        bagged,
        other,
    )


async def test_of_many_who_settle_a_swap_at_once_one_does(giver, swapped):
    [swap] = (await giver.get("/discrepancies/swaps")).json()
    answers = await asyncio.gather(*(giver.post(f"/discrepancies/{swap['id']}/swap") for _ in range(4)))
    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} == {200, 409}
