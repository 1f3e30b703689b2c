"""Many who want the same pieces at once; and scans that come after the closing."""

import asyncio
from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered, scan, scanned
from tests.factories.network import organisations

SHARED = item(1)
OWN = [item(number) for number in range(2, 18)]


@pytest.fixture
async def giver(client, clock):
    await registered(SHARED, *OWN, now=clock.instant)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, now=clock.instant)


async def make_and_seal(who, lines):
    """Make a manifest and seal it at once, as a desk does; the answer that ended it."""
    made = await who.post("/manifests", {"receiver": RECEIVER, "lines": lines})
    if made.status_code != 201:
        return made
    return await who.post(f"/manifests/{made.json()['code']}/seal")


async def test_of_sixteen_sealers_with_overlapping_lists_one_wins_and_the_others_learn_which(giver):
    # Each list holds the shared piece at another place, and a neighbour's own piece, so that locks cross.
    lists = [[OWN[n], SHARED, OWN[(n + 1) % 16]] if n % 2 else [SHARED, OWN[n]] for n in range(16)]
    answers = await asyncio.gather(*(make_and_seal(giver, lines) for lines in lists))
    won = [answer.json()["code"] for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    lost = [answer.json() for answer in answers if answer.status_code != 200]
    assert {problem["status"] for problem in lost} == {409}
    assert {problem["code"] for problem in lost} == {"manifest.piece_on_other"}
    assert {problem["pieces"][SHARED] for problem in lost if SHARED in problem["pieces"]} == {won[0]}
    assert all(problem["manifest"] for problem in lost)
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'manifest.sealed'") == 1
    open_lines = await fetch("SELECT piece FROM manifest_line WHERE open AND piece = $1", SHARED)
    assert len(open_lines) == 1


async def test_two_parties_that_want_one_piece_at_once_get_one_manifest(client, clock, giver):
    other = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    await organisations("MC-30")
    answers = await asyncio.gather(
        *(
            who.post("/manifests", {"receiver": to, "lines": [SHARED]})
            for who, to in ((giver, RECEIVER), (other, "MC-30"))
            for _ in range(8)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 15]


async def test_a_manifest_taken_over_after_its_closing_is_refused_and_single_scans_are_heard(
    client, clock, giver
):
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    code = await giver.sealed(SHARED)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=5))
    closed = await receiver.post(f"/manifests/{code}/close")
    assert closed.status_code == 200, closed.text
    late = await receiver.post(f"/manifests/{code}/receive")
    assert (late.status_code, late.json()["code"]) == (409, "manifest.closed")
    assert "quét nhận từng bưu gửi" in late.json()["detail"]
    minutes = (
        clock.advance(timedelta(minutes=5)) - scan(0, "receive", SHARED, minute=0).corrected_at
    ) / timedelta(minutes=1)
    await scanned(scan(1, "receive", SHARED, minute=minutes, manifest=code))
    told = (await receiver.get(f"/pieces/{SHARED}")).json()
    assert (told["holder"], told["timeline"][-1]["flags"]) == (RECEIVER, ["after_closing"])
    verdict = (await receiver.get(f"/manifests/{code}/reconciliation")).json()
    assert [line["line_class"] for line in verdict["lines"]] == ["matched"]


async def test_a_manifest_on_a_list_of_pieces_is_refused_with_its_place(giver):
    code = await giver.draft()
    refused = await giver.post("/manifests", {"receiver": RECEIVER, "lines": [SHARED, code]})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "manifest.line_no_piece")
    assert problem["pointer"] == "/lines/1"
