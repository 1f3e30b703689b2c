"""A draft goes but for some of its pieces, in one gesture that keeps why they stayed."""

import asyncio
from datetime import timedelta

import pytest

from manifests.planning import repository
from postal.db import fetch
from postal.identity.rules import Role
from postal.network.rules import Kind
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered
from tests.factories.network import organisation

A, B, C, D = (item(number) for number in range(1, 5))


@pytest.fixture
async def giver(client, clock):
    await organisation(RECEIVER, kind=Kind.DESK)
    await organisation(STRANGER, kind=Kind.DESK)
    await registered(A, B, C, D, now=clock.instant)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, now=clock.instant)


async def go(giver, code, *exceptions):
    body = {"except": [{"piece": piece, "reason": reason} for piece, reason in exceptions]}
    return await giver.post(f"/manifests/{code}/seal-and-dispatch", body)


async def piece_of(giver, code):
    return (await giver.get(f"/pieces/{code}")).json()


async def test_all_but_these_leave_and_the_others_wait_again(giver):
    code = await giver.draft(A, B, C)
    answer = await go(giver, code, (B, "NOT_AT_HAND"))
    assert answer.status_code == 200, answer.text
    manifest = answer.json()["manifest"]
    assert manifest["state"] == "dispatched"
    assert [line["piece"] for line in manifest["lines"]] == [A, C]
    assert [(one["piece"], one["reason"]) for one in answer.json()["exceptions"]] == [(B, "NOT_AT_HAND")]
    assert (await piece_of(giver, A))["offer"]["manifest"] == code
    assert (await piece_of(giver, B))["offer"] is None
    waiting = (await giver.get("/manifests/waiting")).json()
    assert {piece["code"] for group in waiting["groups"] for piece in group["pieces"]} == {B, D}


async def test_a_whole_draft_goes_without_a_body(giver):
    code = await giver.draft(A)
    answer = await giver.post(f"/manifests/{code}/seal-and-dispatch")
    assert (answer.status_code, answer.json()["exceptions"]) == (200, [])


async def test_the_exception_is_a_record_that_a_rebuild_gives_back(giver):
    code = await giver.draft(A, B)
    await go(giver, code, (B, "CITIZEN_COMES"))
    rows = await fetch("SELECT code, body::text AS body FROM ledger WHERE kind = 'manifest.excepted'")
    assert [(row["code"], code in row["body"]) for row in rows] == [(B, True)]
    kept = await repository.exempted_of(code)
    assert [(one.piece, one.reason) for one in kept] == [(B, "CITIZEN_COMES")]


@pytest.mark.parametrize(
    ("exceptions", "status", "problem"),
    [
        ([(D, "NOT_READY")], 422, "manifest.exception_not_listed"),
        ([(A, "NO_SUCH_REASON")], 422, "manifest.exception_reason"),
        ([(A, "WRONG_ADDRESS")], 422, "manifest.exception_reason"),
        ([(A, "NOT_READY"), (A, "NO_ROOM")], 400, "manifest.exception_twice"),
        ([("???", "NOT_READY")], 400, "manifest.piece_code"),
        ([(A, "NOT_READY"), (B, "NOT_READY")], 409, "manifest.all_excepted"),
    ],
)
async def test_a_wrong_exception_is_refused_and_nothing_has_changed(giver, exceptions, status, problem):
    code = await giver.draft(A, B)
    answer = await go(giver, code, *exceptions)
    assert (answer.status_code, answer.json()["code"]) == (status, problem)
    draft = (await giver.get(f"/manifests/{code}")).json()
    assert (draft["state"], [line["piece"] for line in draft["lines"]]) == ("draft", [A, B])
    english = await giver.client.post(
        f"/api/v1/manifests/{code}/seal-and-dispatch",
        json={"except": [{"piece": piece, "reason": reason} for piece, reason in exceptions]},
        headers={**giver.headers, "Accept-Language": "en"},
    )
    assert english.json()["detail"] != answer.json()["detail"]


async def test_only_the_giver_lets_it_go_and_only_once(client, giver, clock):
    code = await giver.draft(A)
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    assert (await go(receiver, code)).status_code == 404
    # Fewer than the pool has connections, so that none waits for one.
    answers = await asyncio.gather(*(go(giver, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert (await go(receiver, code)).json()["code"] == "manifest.not_yours"
    received = await receiver.post(f"/manifests/{code}/receive")
    assert received.json()["state"] == "receiving"
