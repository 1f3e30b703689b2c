"""Working a case: somebody has it, there is proof, it ends by a reason in force, and a late scan may open it again."""

from datetime import timedelta
from uuid import uuid4

import pytest

from postal import db
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.outbox.service import drain
from tests.factories.files import Files, picture
from tests.factories.identity import person
from tests.factories.manifests import (
    GIVER,
    MANIFEST,
    RECEIVER,
    STRANGER,
    item,
    party,
    registered,
    row_id,
    scan,
    scanned,
)
from tests.factories.network import organisations

A, B = item(1), item(2)
PHONE = "Gọi 0912 345 678 hỏi chị Hoa"


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, now=clock.instant)
    await organisations(STRANGER)
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def receiver(client, clock, giver):
    return await party(client, RECEIVER, Role.DESK, now=clock.instant)


@pytest.fixture
async def case(giver, receiver, clock):
    """B is missing on a closed manifest."""
    manifest = await giver.sealed(A, B)
    await giver.post(f"/manifests/{manifest}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(scan(1, "receive", A, minute=30, manifest=manifest))
    assert (await receiver.post(f"/manifests/{manifest}/close")).status_code == 200
    [opened] = (await giver.get("/discrepancies")).json()["items"]
    return opened


async def test_a_reason_wants_its_proof_and_fits_its_class(giver, case):
    async def settled(**body):
        answer = (await giver.post(f"/discrepancies/{case['id']}/resolve", body)).json()
        return answer.get("code") or answer["resolution"]

    assert await settled(resolution="no_such") == "discrepancy.reason_unknown"
    assert await settled(resolution="late_scan") == "discrepancy.reason_unknown"
    assert await settled(resolution="repacked") == "discrepancy.reason_unfit"
    lacking = await giver.post(f"/discrepancies/{case['id']}/resolve", {"resolution": "found"})
    assert (lacking.status_code, lacking.json()["lacking"]) == (422, ["scan"])
    assert await settled(resolution="recording_error") == "discrepancy.proof_lacking"
    assert await settled(resolution="recording_error", note="Đếm nhầm") == "recording_error"


async def test_reasons_are_listed_with_what_they_want(giver):
    reasons = {one["code"]: one for one in (await giver.get("/discrepancies/reasons")).json()}
    assert reasons["repacked"]["requires"] == ["file"]
    assert reasons["late_scan"]["by_hand"] is False
    assert all(one["citation"] and one["status"] == "configured" for one in reasons.values())


async def test_evidence_counts_and_words_stay_out_of_the_ledger(giver, case):
    assert (await giver.post(f"/discrepancies/{case['id']}/evidence", {})).json()[
        "code"
    ] == "discrepancy.no_evidence"
    given = await giver.post(f"/discrepancies/{case['id']}/evidence", {"note": PHONE, "seal": "NP-0071"})
    assert given.status_code == 200
    assert (
        await giver.post(f"/discrepancies/{case['id']}/resolve", {"resolution": "lost"})
    ).status_code == 200
    told = await db.fetch_value("SELECT string_agg(body::text, ' ') FROM ledger WHERE stream = 3")
    assert "NP-0071" in told
    assert "note_commitment" in told
    assert "0912" not in told
    assert await db.fetch_value("SELECT note FROM discrepancy_note") == PHONE


async def test_a_case_is_given_to_a_colleague_or_to_the_other_side(giver, receiver, case, clock, database):
    await person("NV-7", GIVER, Role.SUPERVISOR, now=clock.instant)
    await person("NV-8", RECEIVER, Role.DESK, now=clock.instant)
    path = f"/discrepancies/{case['id']}/assign"
    assert (await giver.post(path, {"person": "NV-8"})).json()["code"] == "discrepancy.person_unknown"
    mine = (await giver.post(path, {"person": "NV-7"})).json()
    assert (mine["owner"], mine["assignee"], mine["deadline"]) == (GIVER, "NV-7", case["deadline"])
    assert [one["id"] for one in (await giver.get("/discrepancies", assignee="NV-7")).json()["items"]] == [
        case["id"]
    ]
    clock.advance(timedelta(days=2))
    assert (await giver.post(path, {"organisation": STRANGER})).json()["code"] == "discrepancy.not_a_party"
    theirs = (await giver.post(path, {"organisation": RECEIVER})).json()
    assert (theirs["owner"], theirs["assignee"]) == (RECEIVER, None)
    assert theirs["deadline"] > case["deadline"]
    grown = await export()
    async with db.as_owner(database):
        await rebuild()
    assert await export() == grown


async def test_a_photo_attached_to_the_case_is_the_proof_that_a_reason_wants(client, giver, receiver, clock):
    manifest = await giver.sealed(A)
    await giver.post(f"/manifests/{manifest}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(scan(1, "receive", A, minute=30, manifest=manifest, condition="opened"))
    await receiver.post(f"/manifests/{manifest}/close")
    [case] = (await giver.get("/discrepancies")).json()["items"]
    repacked = {"resolution": "repacked"}
    refused = (await giver.post(f"/discrepancies/{case['id']}/resolve", repacked)).json()
    assert refused["lacking"] == ["file"]
    photo = await Files(client, receiver.headers).attached(picture(), "discrepancy", case["id"])
    [shown] = (await giver.get(f"/discrepancies/{case['id']}/case")).json()["files"]
    assert (shown["id"], shown["kind"], shown["organisation"]) == (photo["id"], "photo", RECEIVER)
    assert (await giver.post(f"/discrepancies/{case['id']}/resolve", repacked)).status_code == 200


async def test_overdue_cases_are_listed_by_their_working_time_deadline(giver, case, clock):
    assert (await giver.get("/discrepancies", overdue=True)).json()["items"] == []
    clock.advance(timedelta(days=5))
    assert [one["id"] for one in (await giver.get("/discrepancies", overdue=True)).json()["items"]] == [
        case["id"]
    ]
    await giver.post(f"/discrepancies/{case['id']}/resolve", {"resolution": "compensated"})
    assert (await giver.get("/discrepancies", overdue=True)).json()["items"] == []


async def test_a_late_scan_opens_again_what_was_paid_for_as_lost(giver, receiver, case, clock):
    await giver.post(f"/discrepancies/{case['id']}/resolve", {"resolution": "compensated"})
    clock.advance(timedelta(days=1))
    late = scan(3, "receive", B, minute=40, manifest=case["manifest"], received=26 * 60)
    await scanned(late)
    await drain()
    [again] = (await giver.get("/discrepancies")).json()["items"]
    assert (again["id"], again["state"], again["line_class"], again["reason"], again["reopened"]) == (
        case["id"],
        "open",
        "matched",
        "contradicted",
        1,
    )
    assert again["changed_by"] == str(late.content.id)
    # Looking again does not settle what a person must settle.
    await scanned(scan(4, "receive", A, minute=41, manifest=case["manifest"], received=27 * 60))
    await drain()
    [again] = (await giver.get("/discrepancies")).json()["items"]
    assert (again["state"], again["reopened"]) == ("open", 1)


async def test_taking_back_a_scan_after_the_closing_opens_a_case(giver, receiver, case, clock):
    clock.advance(timedelta(days=1))
    taken_back = scan(
        5, "correct", A, minute=25 * 60, manifest=None, corrects=str(row_id(1)), received=26 * 60
    )
    await scanned(taken_back)
    await drain()
    found = {one["piece"]: one for one in (await giver.get("/discrepancies")).json()["items"]}
    assert (found[A]["line_class"], found[A]["state"]) == ("missing", "open")


async def test_a_case_about_a_scan_made_by_mistake_ends_when_the_scan_is_taken_back(
    giver, receiver, case, clock
):
    clock.advance(timedelta(minutes=10))
    await scanned(scan(6, "receive", item(9), minute=90, manifest=case["manifest"], received=125))
    await drain()
    cases = {one["piece"]: one for one in (await giver.get("/discrepancies")).json()["items"]}
    assert cases[item(9)]["line_class"] == "extra"
    clock.advance(timedelta(days=1))
    await scanned(
        scan(7, "correct", item(9), minute=25 * 60, manifest=None, corrects=str(row_id(6)), received=26 * 60)
    )
    await drain()
    cases = {one["piece"]: one for one in (await giver.get("/discrepancies")).json()["items"]}
    assert (cases[item(9)]["state"], cases[item(9)]["resolution"]) == ("resolved", "late_scan")


async def test_a_stranger_sees_and_does_nothing(client, case, clock):
    stranger = await party(client, STRANGER, Role.DESK, Role.SUPERVISOR, now=clock.instant)
    for path, body in (
        ("assign", {"person": "NV-7"}),
        ("evidence", {"seal": "1"}),
        ("resolve", {"resolution": "lost", "note": "x"}),
        ("swap", None),
    ):
        answer = await stranger.post(f"/discrepancies/{case['id']}/{path}", body)
        assert (path, answer.status_code) == (path, 404)
        assert (await stranger.post(f"/discrepancies/{uuid4()}/{path}", body)).status_code == 404
    assert (await stranger.get("/discrepancies/swaps")).json() == []
    assert MANIFEST not in (await stranger.get("/discrepancies")).text
