"""Drafts from demand, over HTTP."""

import asyncio
from datetime import timedelta

import pytest

from postal.identity.rules import Role
from postal.network.rules import Kind
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisation

A, B, C, D, E = (item(number) for number in range(1, 6))


@pytest.fixture
async def giver(client, clock):
    await organisation(RECEIVER, kind=Kind.DESK)
    await organisation(STRANGER, kind=Kind.DESK)
    await registered(A, B, now=clock.instant)
    await registered(C, now=clock.instant, to=STRANGER)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, now=clock.instant)


def lines(plan):
    return [(one["receiver"], [line["piece"] for line in one["lines"]]) for one in plan["manifests"]]


async def test_what_waits_goes_on_one_draft_a_receiver(giver):
    answer = await giver.post("/manifests/plan", {"cut_off": "2026-11-23T16:30:00+07:00"})
    assert answer.status_code == 201, answer.text
    assert lines(answer.json()) == [(RECEIVER, [A, B]), (STRANGER, [C])]
    assert {one["state"] for one in answer.json()["manifests"]} == {"draft"}
    assert lines((await giver.post("/manifests/plan", {})).json()) == []


async def test_a_long_list_is_split(giver):
    assert lines((await giver.post("/manifests/plan", {"receiver": RECEIVER, "max_items": 1})).json()) == [
        (RECEIVER, [A]),
        (RECEIVER, [B]),
    ]


async def test_what_is_packed_offered_or_gone_does_not_wait(giver, clock):
    bag = "TUI-BC10-0001"
    await registered(bag, now=clock.instant, kind="bag")
    await scanned(
        scan(1, "pack", A, GIVER, minute=1, container=bag, manifest=None, subjects=(bag,)),
        scan(2, "offer", B, GIVER, minute=2, counterparty=RECEIVER, manifest=None),
    )
    assert lines((await giver.post("/manifests/plan", {})).json()) == [(RECEIVER, [bag]), (STRANGER, [C])]


async def test_results_for_citizens_wait_at_the_desk_for_the_post(client, giver, clock):
    await registered(D, E, now=clock.instant, by=RECEIVER, to="CITIZEN")
    desk = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    nobody = (await desk.post("/manifests/plan", {})).json()
    assert (lines(nobody), nobody["left"]) == ([], 2)
    assert lines((await desk.post("/manifests/plan", {"receiver": GIVER})).json()) == [(GIVER, [D, E])]


async def test_planners_at_once_share_the_pieces(giver):
    answers = await asyncio.gather(*(giver.post("/manifests/plan", {"receiver": RECEIVER}) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    planned = [piece for answer in answers for _, pieces in lines(answer.json()) for piece in pieces]
    assert sorted(planned) == [A, B]


@pytest.mark.parametrize("packed", ["item", "bag"])
async def test_a_result_packed_for_its_citizen_goes_to_the_post_office_of_its_dossier(client, clock, packed):
    desks = await Desks(client, clock.instant).prepare()
    code = await desks.dossier()
    await desks.states(code, "received", "step_done", "completed", "result_at_desk")
    desk = await party(client, DESK, Role.DESK, Role.POST_DESK, now=clock.instant)
    wanted = {"destination": "CITIZEN", "pieces": [f"{code}-KQ"], "direction": "outbound"}
    made = (await desk.post("/items", wanted)).json()["code"]
    if packed == "bag":
        made = (await desk.post("/bags", {"destination": "CITIZEN", "pieces": [made]})).json()["code"]
    assert lines((await desk.post("/manifests/plan", {})).json()) == [(OFFICE, [made])]
