"""Reconciliation over HTTP: classes from the ledger, silent devices, closing, and what comes to light later."""

from datetime import timedelta

import pytest

from manifests.reconciliation.repository import TAKE_DUE, take_due
from manifests.reconciliation.service import look_again
from postal.db import as_owner, count_statements, execute, fetch, fetch_value, unit_of_work
from postal.identity.rules import Role
from postal.ledger.projections import rebuild
from postal.outbox.service import drain
from shipments.custody.repository import Sync, note_syncs
from tests.factories.identity import device
from tests.factories.manifests import (
    GIVER,
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

A, B, C, D = (item(number) for number in range(1, 5))


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, C, D, now=clock.instant)
    await organisations(STRANGER)
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def receiver(client, clock, giver):
    return await party(client, RECEIVER, Role.DESK, now=clock.instant)


@pytest.fixture
async def manifest(giver, clock):
    code = await giver.sealed(A, B, C)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    return code


async def classes(one, code, **query):
    answer = await one.get(f"/manifests/{code}/reconciliation", **query)
    assert answer.status_code == 200, answer.text
    return {line["code"]: line["line_class"] for line in answer.json()["lines"]}


async def test_each_piece_of_manifest_and_scans_has_one_class(receiver, manifest):
    await scanned(
        scan(1, "receive", A, minute=30, manifest=manifest),
        scan(2, "receive", B, minute=31, manifest=manifest, condition="damaged"),
        scan(3, "receive", D, minute=32, manifest=manifest),
    )
    answer = (await receiver.get(f"/manifests/{manifest}/reconciliation")).json()
    assert {line["code"]: line["line_class"] for line in answer["lines"]} == {
        A: "matched",
        B: "damaged",
        C: "missing",
        D: "extra",
    }
    assert answer["counts"]["matched"] == 1
    assert sum(answer["counts"].values()) == 4
    missing = next(line for line in answer["lines"] if line["code"] == C)
    assert (missing["answers"], missing["evidence"]["reason"], missing["n"]) == (GIVER, "not_offered", 3)


async def test_swapped_envelopes_are_misrouted_on_both_manifests(client, giver, receiver, manifest, clock):
    other = await giver.sealed(D, receiver=STRANGER)
    await scanned(
        scan(1, "receive", D, RECEIVER, minute=130, manifest=manifest),
        scan(2, "receive", A, STRANGER, minute=130, manifest=other),
    )
    clock.advance(timedelta(hours=1))
    assert await classes(receiver, manifest) == {A: "misrouted", B: "missing", C: "missing", D: "misrouted"}
    stranger = await party(client, STRANGER, Role.DESK, now=clock.instant)
    assert await classes(stranger, other) == {A: "misrouted", D: "misrouted"}
    lines = (await receiver.get(f"/manifests/{manifest}/reconciliation")).json()["lines"]
    assert [
        (line["answers"], line["evidence"]["belongs_to"]) for line in lines if line["code"] in {A, D}
    ] == [
        (STRANGER, None),
        (RECEIVER, other),
    ]


async def test_a_silent_device_keeps_a_piece_awaited_until_it_speaks_or_the_limit_is_over(
    receiver, manifest, clock
):
    await device("hy-7", RECEIVER, now=clock.instant - timedelta(days=30))
    await scanned(scan(1, "receive", A, minute=30, manifest=manifest, received=30))
    assert set((await classes(receiver, manifest)).values()) == {"matched", "awaiting_device"}
    refused = (await receiver.post(f"/manifests/{manifest}/close")).json()
    assert (refused["code"], refused["devices"], refused["pieces"]) == (
        "manifest.awaiting_device",
        ["hy-7"],
        [B, C],
    )
    async with unit_of_work():
        await note_syncs([Sync("hy-7", "e1", clock.instant, clock.instant, last_seq=2, skew_ms=0, seqs=[1])])
    lines = (await receiver.get(f"/manifests/{manifest}/reconciliation")).json()["lines"]
    assert [gap["missing"] for gap in lines[1]["evidence"]["devices"]] == [[[2, 2]]]
    gap_at = clock.instant
    clock.advance(timedelta(minutes=10))
    await scanned(
        scan(2, "receive", B, minute=29, manifest=manifest, device="hy-7", epoch="e1", seq=2, received=130)
    )
    async with unit_of_work():
        await note_syncs([Sync("hy-7", "e1", clock.instant, clock.instant, last_seq=2, skew_ms=0, seqs=[2])])
    assert await classes(receiver, manifest) == {A: "matched", B: "matched", C: "missing"}
    assert await classes(receiver, manifest, as_of=gap_at.isoformat()) == {
        A: "matched",
        B: "awaiting_device",
        C: "awaiting_device",
    }
    assert (await receiver.post(f"/manifests/{manifest}/close")).status_code == 200


async def test_after_the_waiting_limit_the_manifest_can_be_closed(receiver, manifest, clock):
    await device("hy-7", RECEIVER, now=clock.instant - timedelta(days=30))
    await scanned(scan(1, "receive", A, minute=30, manifest=manifest, received=30))
    clock.advance(timedelta(hours=73))
    closed = await receiver.post(f"/manifests/{manifest}/close")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


async def test_closing_opens_a_discrepancy_for_each_exception_and_frees_the_pieces(giver, receiver, manifest):
    await scanned(
        scan(1, "receive", A, minute=30, manifest=manifest),
        scan(2, "receive", B, minute=31, manifest=manifest, condition="opened"),
    )
    assert (await receiver.post(f"/manifests/{manifest}/close")).json()["state"] == "closed"
    found = (await giver.get("/discrepancies")).json()["items"]
    assert {one["piece"]: (one["line_class"], one["owner"], one["state"]) for one in found} == {
        B: ("damaged", GIVER, "open"),
        C: ("missing", GIVER, "open"),
    }
    # Monday, and three working days: Tuesday 24 November is a public holiday from 2026 on.
    assert {one["deadline"][:10] for one in found} == {"2026-11-27"}
    again = await receiver.post(f"/manifests/{manifest}/close")
    assert (again.status_code, again.json()["code"]) == (409, "manifest.state")
    await giver.sealed(C)


async def test_a_discrepancy_is_resolved_once_by_one_of_its_parties(client, giver, receiver, manifest, clock):
    await receiver.post(f"/manifests/{manifest}/close")
    one = (await receiver.get("/discrepancies", manifest=manifest, state="open")).json()["items"][0]
    stranger = await party(client, STRANGER, Role.DESK, now=clock.instant)
    body = {"resolution": "compensated"}
    assert (await stranger.post(f"/discrepancies/{one['id']}/resolve", body)).status_code == 404
    settled = (await giver.post(f"/discrepancies/{one['id']}/resolve", body)).json()
    assert (settled["state"], settled["resolution"], settled["resolved_by"]) == (
        "resolved",
        "compensated",
        GIVER,
    )
    again = await giver.post(f"/discrepancies/{one['id']}/resolve", body)
    assert (again.status_code, again.json()["code"]) == (409, "discrepancy.resolved")


async def test_a_late_upload_changes_the_verdict_and_the_earlier_one_stays_readable(
    giver, receiver, manifest, clock
):
    await scanned(
        scan(1, "receive", A, minute=30, manifest=manifest),
        scan(2, "receive", B, minute=30, manifest=manifest),
    )
    await receiver.post(f"/manifests/{manifest}/close")
    closed_at = clock.instant
    clock.advance(timedelta(days=1))
    late = scan(3, "receive", C, minute=40, manifest=manifest, received=26 * 60)
    await scanned(late)
    now = (await receiver.get(f"/manifests/{manifest}/reconciliation")).json()
    assert [line["line_class"] for line in now["lines"]] == ["matched", "matched", "matched"]
    assert now["lines"][2]["evidence"]["changed_by"] == str(late.content.id)
    assert now["at_close"]["changed"] == {C: "missing"}
    assert await classes(receiver, manifest, as_of=closed_at.isoformat()) == {
        A: "matched",
        B: "matched",
        C: "missing",
    }
    await drain()
    [case] = (await giver.get("/discrepancies")).json()["items"]
    assert (case["state"], case["resolution"]) == ("resolved", "late_scan")


async def test_a_case_stays_open_while_nobody_but_a_silent_device_could_tell_of_its_piece(
    giver, receiver, manifest, clock
):
    await device("hy-7", RECEIVER, now=clock.instant - timedelta(days=30))
    async with unit_of_work():
        await note_syncs([Sync("hy-7", "e1", clock.instant, clock.instant, last_seq=0, skew_ms=0, seqs=[])])
    await scanned(
        scan(1, "receive", A, minute=30, manifest=manifest),
        scan(2, "receive", B, minute=31, manifest=manifest),
    )
    assert (await receiver.post(f"/manifests/{manifest}/close")).status_code == 200
    clock.advance(timedelta(minutes=10))
    await scanned(
        *(
            scan(2 + n, "correct", code, minute=125 + n, manifest=None, corrects=str(row_id(n)), received=128)
            for n, code in ((1, A), (2, B))
        )
    )
    # No scan of the receiver is left, so the device may yet tell of anything until now.
    assert set((await classes(receiver, manifest)).values()) == {"awaiting_device"}
    await drain()
    [case] = (await giver.get("/discrepancies")).json()["items"]
    assert (case["piece"], case["state"], case["resolution"]) == (C, "open", None)
    clock.advance(timedelta(minutes=10))
    await scanned(scan(5, "receive", C, minute=40, manifest=manifest, received=140))
    await drain()
    cases = {one["piece"]: one for one in (await giver.get("/discrepancies")).json()["items"]}
    assert (cases[C]["state"], cases[C]["resolution"]) == ("resolved", "late_scan")


async def test_an_arrival_that_is_taken_back_after_the_closing_becomes_a_case_when_its_time_is_over(
    giver, receiver, manifest, clock, settings
):
    await device("hy-7", RECEIVER, now=clock.instant - timedelta(days=30))
    async with unit_of_work():
        await note_syncs([Sync("hy-7", "e1", clock.instant, clock.instant, last_seq=0, skew_ms=0, seqs=[])])
    await scanned(
        *(scan(n, "receive", code, minute=30 + n, manifest=manifest) for n, code in enumerate((A, B, C)))
    )
    assert (await receiver.post(f"/manifests/{manifest}/close")).status_code == 200
    clock.advance(timedelta(minutes=10))
    corrections = [
        scan(3 + n, "correct", code, minute=125 + n, manifest=None, corrects=str(row_id(n)), received=128)
        for n, code in enumerate((A, B, C))
    ]
    await scanned(*corrections)
    await drain()
    assert set((await classes(receiver, manifest)).values()) == {"awaiting_device"}

    async def cases_after_a_look():
        await look_again(clock.instant)
        await drain()
        return {one["piece"]: one for one in (await giver.get("/discrepancies")).json()["items"]}

    assert await cases_after_a_look() == {}
    # A rebuild finds by itself what is to be looked at: so it does for what happened before the table was there.
    await execute("DELETE FROM manifest_look")
    async with as_owner(settings.database):
        await rebuild()
    await drain()
    assert await fetch_value("SELECT count(*) FROM manifest_look") == 1
    # From here on nobody says anything: time alone makes the lines missing.
    clock.advance(timedelta(hours=71))
    found = await cases_after_a_look()
    stand = {piece: (case["line_class"], case["state"]) for piece, case in found.items()}
    assert stand == dict.fromkeys((A, B, C), ("missing", "open"))
    assert await cases_after_a_look() == found
    assert await fetch_value("SELECT count(*) FROM manifest_look") == 0
    clock.advance(timedelta(minutes=1))
    await scanned(scan(9, "receive", C, minute=40, manifest=manifest, received=73 * 60))
    await drain()
    again = await cases_after_a_look()
    assert (again[C]["state"], again[C]["resolution"], again[C]["id"]) == (
        "resolved",
        "late_scan",
        found[C]["id"],
    )


async def test_looking_again_reads_what_is_due_and_not_all_that_waits(receiver, manifest, clock):
    await execute(
        """
        WITH many AS (SELECT 'BK-LOOK-' || n AS code, $3::timestamptz AS at, n FROM generate_series(1, 3000) AS n),
        made AS (
            INSERT INTO manifest (code, state, giver, receiver, created_at, sealed_at, digest)
            SELECT code, 'closed', $1, $2, at, at, repeat('0', 64) FROM many
        )
        INSERT INTO manifest_look SELECT code, at + n * interval '1 hour' FROM many
        """,
        GIVER,
        RECEIVER,
        clock.instant,
    )
    await execute("ANALYZE manifest, manifest_look")
    clock.advance(timedelta(minutes=150))
    plan = "\n".join(row[0] for row in await fetch(f"EXPLAIN {TAKE_DUE}", clock.instant, 100))
    assert "manifest_look_due" in plan
    assert "Seq Scan" not in plan, plan
    assert sorted(await take_due(clock.instant, 100)) == ["BK-LOOK-1", "BK-LOOK-2"]
    assert await take_due(clock.instant, 100) == []


async def test_a_settled_discrepancy_opens_again_when_its_piece_turns_out_otherwise(
    giver, receiver, manifest, clock
):
    await scanned(
        scan(1, "receive", A, minute=30, manifest=manifest),
        scan(2, "receive", B, minute=30, manifest=manifest),
    )
    await receiver.post(f"/manifests/{manifest}/close")
    [case] = (await giver.get("/discrepancies")).json()["items"]
    await giver.post(f"/discrepancies/{case['id']}/resolve", {"resolution": "compensated"})
    clock.advance(timedelta(days=1))
    await scanned(scan(3, "receive", C, STRANGER, minute=40, manifest=manifest, received=26 * 60))
    await drain()
    [again] = (await giver.get("/discrepancies")).json()["items"]
    assert (again["id"], again["state"], again["line_class"], again["owner"], again["reopened"]) == (
        case["id"],
        "open",
        "misrouted",
        STRANGER,
        1,
    )


async def test_the_manifests_barcode_leaves_its_lines_unverified_until_scanned(receiver, manifest):
    await receiver.post(f"/manifests/{manifest}/receive")
    assert set((await classes(receiver, manifest)).values()) == {"unverified"}
    await scanned(scan(1, "receive", A, minute=119, manifest=manifest))
    assert (await classes(receiver, manifest))[A] == "matched"


async def test_a_bag_brings_its_contents_unverified(giver, receiver, clock):
    bag = "TUI-BC10-0001"
    await registered(bag, now=clock.instant, kind="bag")
    packed = scan(1, "pack", D, GIVER, minute=0, container=bag, manifest=None, subjects=(bag,))
    await scanned(packed)
    code = await giver.sealed(bag)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(scan(2, "receive", bag, minute=60, manifest=code))
    assert await classes(receiver, code) == {bag: "matched", D: "unverified"}
    await scanned(
        scan(3, "unpack", D, minute=61, container=bag, manifest=None, subjects=(bag,)),
    )
    assert await classes(receiver, code) == {bag: "matched", D: "matched"}


async def test_a_draft_has_no_reconciliation_and_strangers_get_none(client, giver, manifest, clock):
    draft = await giver.draft(D)
    assert (await giver.get(f"/manifests/{draft}/reconciliation")).json()["code"] == "manifest.not_sealed"
    stranger = await party(client, STRANGER, Role.DESK, now=clock.instant)
    assert (await stranger.get(f"/manifests/{manifest}/reconciliation")).status_code == 404
    future = (clock.instant + timedelta(days=1)).isoformat()
    assert (await giver.get(f"/manifests/{manifest}/reconciliation", as_of=future)).json()[
        "code"
    ] == "manifest.future"


async def test_the_number_of_statements_does_not_depend_on_the_size(client, giver, receiver, clock):
    counts = []
    for start, size in ((100, 1), (200, 60)):
        pieces = [item(start + number) for number in range(size)]
        await registered(*pieces, now=clock.instant)
        code = await giver.sealed(*pieces)
        await scanned(
            *(scan(start + n, "receive", piece, minute=30, manifest=code) for n, piece in enumerate(pieces))
        )
        with count_statements() as counted:
            assert (await receiver.get(f"/manifests/{code}/reconciliation")).status_code == 200
        counts.append(counted.total)
    assert counts[0] == counts[1]
