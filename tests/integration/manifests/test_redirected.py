"""A recalled or redirected piece in planning and reconciliation: it belongs where its sender wants it now."""

from datetime import timedelta

import pytest

from manifests.manifests import repository as manifests
from manifests.reconciliation.service.judging import judge, judge_by_rows
from postal.identity.rules import Role
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations

A, B = item(1), item(2)


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, now=clock.instant)
    await organisations(STRANGER)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, Role.CLERK, Role.SUPERVISOR, now=clock.instant)


async def redirect(giver, piece):
    answer = await giver.post(f"/pieces/{piece}/redirect", {"destination": STRANGER, "voucher": "PG-1"})
    assert answer.status_code == 200, answer.text


async def test_a_redirected_piece_is_planned_for_its_new_destination(giver):
    await redirect(giver, B)
    planned = await giver.post("/manifests/plan", {})
    assert planned.status_code == 201, planned.text
    made = {one["receiver"]: [line["piece"] for line in one["lines"]] for one in planned.json()["manifests"]}
    assert made == {RECEIVER: [A], STRANGER: [B]}


@pytest.mark.parametrize("redirected", [False, True])
async def test_a_redirected_piece_that_is_carried_to_the_old_place_is_misrouted(giver, clock, redirected):
    code = await giver.sealed(A)
    if redirected:
        await redirect(giver, B)
    await scanned(
        scan(1, "receive", A, minute=30, manifest=code), scan(2, "receive", B, minute=31, manifest=code)
    )
    now = clock.advance(timedelta(hours=2))
    manifest = (await manifests.find_many([code]))[code]
    result, _ = await judge(manifest, now=now)
    by_rows, _ = await judge_by_rows(manifest, at=now, past=True)
    assert by_rows.lines == result.lines
    found = {line.code: (line.line_class.value, line.evidence.belongs_to) for line in result.lines}
    assert found == {
        A: ("matched", None),
        B: ("misrouted", STRANGER) if redirected else ("extra", None),
    }
