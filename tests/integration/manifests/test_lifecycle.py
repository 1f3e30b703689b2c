"""Manifests over HTTP: from draft to taken over, who may do what, and one open manifest a piece."""

import asyncio
from datetime import timedelta

import pytest

from manifests.manifests import repository
from manifests.manifests.rules import canonical_text, digest_of
from postal.db import fetch, fetch_value, unit_of_work
from postal.identity.rules import Role
from postal.ledger.projections import Touched
from postal.ledger.repository import row_set
from shipments.custody.repository import find_many as custodies
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations

A, B, C = item(1), item(2), item(3)


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, C, now=clock.instant)
    await organisations(STRANGER)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def receiver(client, clock, giver):
    return await party(client, RECEIVER, Role.DESK, now=clock.instant)


async def test_a_manifest_goes_from_draft_to_the_receiver(giver, receiver, clock):
    code = await giver.draft(A, B, note="xe 7 giờ")
    sealed = (await giver.post(f"/manifests/{code}/seal")).json()
    assert (sealed["state"], sealed["line_count"]) == ("sealed", 2)
    text = canonical_text(code, GIVER, RECEIVER, None, clock.instant, [A, B])
    assert sealed["digest"] == digest_of(text)
    clock.advance(timedelta(minutes=5))
    assert (await giver.post(f"/manifests/{code}/dispatch")).json()["state"] == "dispatched"
    assert (await custodies([A]))[A].offer.receiver == RECEIVER
    clock.advance(timedelta(hours=1))
    taken = await receiver.post(f"/manifests/{code}/receive", {"at": clock.instant.isoformat()})
    assert taken.status_code == 200, taken.text
    assert taken.json()["state"] == "receiving"
    assert (await custodies([A]))[A].holder == RECEIVER
    kinds = {row.content.kind for row in (await row_set(code)).rows}
    assert kinds == {"manifest.sealed", "manifest.dispatched", "manifest.received", "receive"}


async def test_a_draft_is_edited_until_it_is_sealed(giver):
    code = await giver.draft(A)
    changed = await giver.put(f"/manifests/{code}/lines", {"lines": [B, C]})
    assert [line["piece"] for line in changed.json()["lines"]] == [B, C]
    await giver.post(f"/manifests/{code}/seal")
    refused = await giver.put(f"/manifests/{code}/lines", {"lines": [A]})
    assert (refused.status_code, refused.json()["code"]) == (409, "manifest.sealed")
    again = await giver.post(f"/manifests/{code}/seal")
    assert (again.status_code, again.json()["code"]) == (409, "manifest.sealed")


async def test_an_empty_manifest_cannot_be_sealed(giver):
    code = await giver.draft()
    refused = await giver.post(f"/manifests/{code}/seal")
    assert (refused.status_code, refused.json()["code"]) == (409, "manifest.empty")


async def test_a_piece_is_on_one_open_manifest_and_the_refusal_names_it(giver):
    first = await giver.sealed(A)
    refused = await giver.post("/manifests", {"receiver": RECEIVER, "lines": [B, A]})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "manifest.piece_on_other")
    assert (problem["manifest"], problem["piece"], problem["pointer"]) == (first, A, "/lines/1")
    assert (await giver.get("/manifests")).json()["items"][0]["code"] == first


async def test_of_sixteen_at_once_one_gets_the_piece_and_the_others_learn_who(giver):
    drafts = [await giver.draft() for _ in range(16)]
    answers = await asyncio.gather(
        *(
            giver.put(f"/manifests/{code}/lines", {"lines": [B, A] if n % 2 else [A, B]})
            for n, code in enumerate(drafts)
        )
    )
    won = [code for code, answer in zip(drafts, answers, strict=True) if answer.status_code == 200]
    assert len(won) == 1
    lost = [answer for answer in answers if answer.status_code != 200]
    assert {(answer.status_code, answer.json()["manifest"]) for answer in lost} == {(409, won[0])}


async def test_of_sixteen_sealers_of_one_draft_one_wins(giver):
    code = await giver.draft(A, B)
    answers = await asyncio.gather(*(giver.post(f"/manifests/{code}/seal") for _ in range(16)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 15]
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'manifest.sealed'") == 1


async def test_a_cancelled_manifest_frees_its_pieces(giver):
    for code in (await giver.draft(A), await giver.sealed(B)):
        assert (await giver.post(f"/manifests/{code}/cancel")).json()["state"] == "cancelled"
    await giver.sealed(A, B)


async def test_a_dispatched_manifest_cannot_be_cancelled(giver):
    code = await giver.sealed(A)
    await giver.post(f"/manifests/{code}/dispatch")
    refused = await giver.post(f"/manifests/{code}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "manifest.state")


async def test_a_piece_that_the_receiver_scanned_may_go_on_the_next_manifest(giver, receiver, clock):
    code = await giver.sealed(A, B)
    await scanned(scan(1, "receive", A, minute=10, manifest=code))
    assert await repository.open_manifests_of([A, B]) == {B: code}
    assert (await receiver.get(f"/manifests/{code}")).json()["state"] == "receiving"
    clock.advance(timedelta(hours=1))
    await receiver.sealed(A, receiver=STRANGER)


async def test_what_was_scanned_under_a_manifest_is_found_again(giver):
    code = await giver.sealed(A)
    await scanned(scan(1, "receive", C, minute=10, manifest=code))
    assert [dict(row) for row in await fetch("SELECT * FROM manifest_scan")] == [
        {"manifest": code, "piece": C}
    ]


async def test_a_piece_that_is_not_listed_begins_no_receipt_unless_it_is_scanned_under_the_manifest(giver):
    code = await giver.sealed(A)
    await scanned(scan(1, "depart", C, GIVER, minute=10, manifest=code))
    await scanned(scan(2, "hold", C, minute=20, manifest=None))
    assert (await giver.get(f"/manifests/{code}")).json()["state"] == "sealed"
    await scanned(scan(3, "hold", C, minute=30, manifest=code))
    assert (await giver.get(f"/manifests/{code}")).json()["state"] == "receiving"


@pytest.mark.parametrize("first", [0, 1])
async def test_what_is_disputed_counts_for_manifests_whichever_came_first(giver, receiver, first):
    code = await giver.sealed(A)
    contents = [scan(1, "receive", A, minute=10, manifest=named) for named in (None, code)]
    contents.append(scan(1, "report", A, minute=10, manifest=None, condition="damaged"))
    await scanned(contents[first])
    await scanned(contents[1 - first], contents[2])
    assert [dict(row) for row in await fetch("SELECT * FROM manifest_scan")] == [
        {"manifest": code, "piece": A}
    ]
    shown = (await receiver.get(f"/manifests/{code}")).json()
    assert (shown["state"], [line["open"] for line in shown["lines"]]) == ("receiving", [False])


async def test_strangers_and_drafts_are_not_to_be_seen(giver, receiver, client, clock):
    stranger = await party(client, STRANGER, Role.DESK, now=clock.instant)
    draft = await giver.draft(A)
    sealed = await giver.sealed(B)
    seen = [
        [(await one.get(f"/manifests/{code}")).status_code for one in (giver, receiver, stranger)]
        for code in (draft, sealed)
    ]
    assert seen == [[200, 404, 404], [200, 200, 404]]
    assert [len((await one.get("/manifests")).json()["items"]) for one in (giver, receiver, stranger)] == [
        2,
        1,
        0,
    ]
    absent = (await stranger.post(f"/manifests/{sealed}/receive")).json()
    assert absent["code"] == "manifest.not_found"


async def test_each_side_does_its_own_part(giver, receiver):
    code = await giver.sealed(A)
    for path, one in (("receive", giver), ("dispatch", receiver), ("cancel", receiver)):
        refused = await one.post(f"/manifests/{code}/{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "manifest.not_yours")


async def test_roles_without_papers_in_their_hands_make_no_manifest(client, giver, clock):
    reader = await party(client, GIVER, Role.SPECIALIST, now=clock.instant)
    assert (await reader.post("/manifests", {"receiver": RECEIVER})).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"receiver": "BC-404"}, 422, "manifest.party_unknown", "/receiver"),
        ({"receiver": GIVER}, 422, "manifest.same_party", "/receiver"),
        ({"receiver": RECEIVER, "giver": STRANGER}, 403, "manifest.not_giver", None),
        ({"receiver": RECEIVER, "lines": [A, A]}, 400, "manifest.piece_twice", "/lines/1"),
        ({"receiver": RECEIVER, "lines": ["DH123456780VN"]}, 400, "manifest.piece_code", "/lines/0"),
        ({"receiver": RECEIVER, "lines": [item(99)]}, 422, "manifest.piece_unknown", "/lines/0"),
        ({"receiver": RECEIVER, "colour": "red"}, 400, None, None),
        ({"receiver": RECEIVER, "cut_off": "2026-11-23T08:00:00"}, 400, None, None),
    ],
)
async def test_bad_drafts_are_refused_with_the_place(giver, body, status, code, pointer):
    refused = await giver.post("/manifests", body)
    assert refused.status_code == status, refused.text
    if code:
        assert (refused.json()["code"], refused.json().get("pointer")) == (code, pointer)


async def test_a_repeated_request_makes_one_manifest(giver):
    body = {"receiver": RECEIVER, "lines": [A]}
    first, second = [await giver.post("/manifests", body, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert first.json() == second.json()
    assert len((await giver.get("/manifests")).json()["items"]) == 1


async def test_the_list_pages_newest_first(giver, clock):
    codes = []
    for _ in range(3):
        codes.append(await giver.draft())
        clock.advance(timedelta(minutes=1))
    page = (await giver.get("/manifests", limit=2)).json()
    rest = (await giver.get("/manifests", limit=2, cursor=page["next_cursor"])).json()
    assert [one["code"] for one in (*page["items"], *rest["items"])] == codes[::-1]
    assert rest["next_cursor"] is None


async def test_the_copy_of_sealed_manifests_comes_back_from_the_ledger(giver, receiver):
    code = await giver.sealed(A, B)
    await giver.post(f"/manifests/{code}/dispatch")
    await scanned(scan(1, "receive", A, minute=10, manifest=code))
    before = await repository.find_many([code])
    async with unit_of_work():
        for table in ("manifest_scan", "manifest_line", "manifest"):
            await fetch(f"DELETE FROM {table}")
    async with unit_of_work():
        await repository.project(Touched([A, B]))
        await repository.project(Touched([code]))
    assert await repository.find_many([code]) == before
