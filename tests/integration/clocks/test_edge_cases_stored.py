"""The edge cases of the domain's list (section 11), by their numbers: those that need the ledger and its projections.

The others are decided by rules alone: tests/unit/clocks/test_edge_cases_by_rule.py.
"""

from datetime import timedelta

import pytest

from postal.db import fetch, fetch_row, fetch_value, unit_of_work
from postal.identity.rules import Role
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import Kind
from tests.factories.custody import Scanner, pieces
from tests.factories.custody import network as custody_network
from tests.factories.dossiers import DESK, OFFICE, PROCEDURE, Desks
from tests.factories.identity import headers
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered, scan, scanned
from tests.factories.network import organisation
from tests.factories.pieces import scan as hand_scan


async def test_case_04_one_of_sixty_is_missing_and_the_other_fifty_nine_go_on(client, clock):
    sixty = [item(number) for number in range(1, 61)]
    await registered(*sixty, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    code = await giver.sealed(*sixty)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(
        *(scan(n, "receive", piece, minute=30, manifest=code) for n, piece in enumerate(sixty[:59], 1))
    )
    counts = (await receiver.get(f"/manifests/{code}/reconciliation")).json()["counts"]
    assert (counts["matched"], counts["missing"]) == (59, 1)
    held = await fetch_value("SELECT count(*) FROM custody WHERE claims = ARRAY[$1::text]", RECEIVER)
    assert held == 59, "the bag is not blocked"
    assert (await receiver.post(f"/manifests/{code}/close")).json()["state"] == "closed"
    (case,) = (await giver.get("/discrepancies")).json()["items"]
    assert (case["piece"], case["line_class"]) == (sixty[59], "missing")


async def test_case_05_two_devices_offline_for_three_hours_scan_the_same_item(client, clock):
    await custody_network(clock.instant)
    begun = clock.instant
    await pieces("DH123456785VN", now=begun, destination="DESK-1")
    first = await Scanner.at(client, clock, "DESK-1")
    second = Scanner(client, clock, first.code, first.organisation, first.headers["Authorization"].split()[1])
    second.epoch = "epoch-2"
    one = first.scan("receive", "DH123456785VN", begun + timedelta(minutes=10))
    other = second.scan("receive", "DH123456785VN", begun + timedelta(minutes=11))
    online = begun + timedelta(hours=3)
    [later] = await second.results([other], online)
    [earlier] = await first.results([one], online + timedelta(minutes=1))
    assert (later["verdict"], earlier["verdict"]) == ("accepted", "accepted")
    custody = await fetch_row("SELECT claims, since FROM custody WHERE code = 'DH123456785VN'")
    assert custody["claims"] == ["DESK-1"]
    assert custody["since"] == begun + timedelta(minutes=10), "one receipt: the earlier one"
    shown = await client.get(
        "/api/v1/items/DH123456785VN", headers=await headers("DESK-1", Role.DESK, now=clock.instant)
    )
    flags = [step["flags"] for step in shown.json()["timeline"] if step["kind"] == "receive"]
    assert [["already_holder" in each] for each in flags] == [[False], [True]]
    [again] = await first.results([one], online + timedelta(minutes=2))
    assert again["verdict"] == "repeated"
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'receive'") == 2


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def test_case_06_an_original_that_did_not_come_home_keeps_the_case_open(desks, clock):
    code = await desks.dossier()
    await desks.states(code, "received", "step_done", "completed", "result_at_desk")
    await hand_scan("receive", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counterparty=DESK)
    await hand_scan(
        "deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 0}
    )
    clock.advance(timedelta(hours=1))
    refused = await desks.state(code, "closed")
    assert (refused.status_code, refused.json()["code"]) == (409, "case.originals_outstanding")
    assert refused.json()["lines"] == [{"number": 1, "copies": 1}]


async def test_case_12_a_unit_merged_while_the_dossier_is_open(desks, clock):
    code = await desks.dossier()
    assert (await desks.state(code, "received")).status_code == 201
    await organisation("MC-HUE-2", kind=Kind.DESK)
    async with unit_of_work():
        await network.close(DESK, clock.instant.date(), "MC-HUE-2")
    clock.advance(timedelta(hours=2))
    successor = await headers("MC-HUE-2", Role.DESK, Role.SPECIALIST, now=clock.instant)
    assert (await desks.state(code, "step_done", by=successor)).status_code == 201
    assert (await desks.state(code, "completed", by=successor)).status_code == 201
    rows = await fetch(
        "SELECT kind, organisation FROM ledger WHERE code = $1 AND stream = 2 ORDER BY id", code
    )
    assert [row["organisation"] for row in rows if row["kind"] == "received"] == [DESK], (
        "history keeps the old unit"
    )
    assert [row["organisation"] for row in rows if row["kind"] == "completed"] == ["MC-HUE-2"]
    answer = await desks.client.get(f"/api/v1/dossiers/{code}/clocks", headers=successor)
    found = {each["clock"]: each for each in answer.json()["clocks"] if each["clock"] != "C4"}
    assert found["C3"]["stopped"]["organisation"] == "MC-HUE-2"


async def test_case_13_a_procedure_leaves_the_list_while_its_dossiers_are_on_the_road(desks, clock):
    twelve = [await desks.dossier() for _ in range(12)]
    async with unit_of_work():
        today = clock.instant.date()
        await law.end(await law.procedure_at(PROCEDURE, today), today + timedelta(days=1))
    clock.advance(timedelta(days=2))
    refused = await desks.register()
    assert (refused.status_code, refused.json()["code"]) == (422, "procedure.not_in_force")
    for code in twelve:
        await desks.states(code, "received", "step_done", "completed")
    answer = await desks.client.get(f"/api/v1/dossiers/{twelve[0]}/clocks", headers=desks.desk)
    statutory = next(each for each in answer.json()["clocks"] if each["clock"] == "C3")
    assert (statutory["limit"], statutory["verdict"]) == ("5 ngay_lam_viec", "early"), (
        "by the version at receipt"
    )


async def test_case_20_old_papers_that_the_citizen_lost_are_waived_by_the_head(desks, clock):
    code = await desks.dossier(lines=[])
    await desks.states(code, "received", "step_done", "completed", "result_at_desk")
    wish = {"papers": [{"kind": "old_card"}]}
    asked = await desks.client.post(f"/api/v1/dossiers/{code}/old-papers", json=wish, headers=desks.desk)
    assert asked.status_code == 201
    await hand_scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)))
    clock.advance(timedelta(hours=1))
    assert (await desks.state(code, "closed")).json()["code"] == "case.old_papers_outstanding"
    declared = {"kind": "old_card", "reason": "OTHER"}
    waived = await desks.client.post(
        f"/api/v1/dossiers/{code}/old-papers/waive", json=declared, headers=desks.head
    )
    assert waived.status_code == 200
    assert (await desks.state(code, "closed")).status_code == 201
