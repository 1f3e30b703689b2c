"""Case events over HTTP: what an agency may state, when, and what closing waits for."""

from datetime import timedelta

import pytest

from postal.db import fetch, unit_of_work
from postal.identifiers import new_id
from postal.identity.rules import Role
from postal.network import repository as network
from postal.network.rules import Kind
from shipments.dossiers import service
from shipments.dossiers.rules import CaseKind, Registering, ServiceMode
from shipments.dossiers.service import ImportedEvent
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pieces import scan


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def test_receipt_promises_a_due_time_by_the_version_in_force(desks):
    """Five working days after Monday 23 November 2026; Tuesday the 24th is a holiday since 2026."""
    code = await desks.dossier()
    dossier = (await desks.state(code, "received")).json()
    assert (dossier["status"], dossier["received_at"]) == (2, "2026-11-23T01:00:00Z")
    assert dossier["due_first"] == dossier["due_now"] == "2026-12-01T10:00:00Z"
    stated = await desks.dossier()
    answer = await desks.state(stated, "received", due="2026-12-04T17:00:00+07:00")
    assert answer.json()["due_first"] == "2026-12-04T10:00:00Z"


async def test_a_completed_case_makes_its_result_a_piece(desks):
    code = await desks.dossier()
    await desks.states(code, "received", "step_done", "completed", "result_at_desk")
    piece = (await desks.client.get(f"/api/v1/pieces/{code}-KQ", headers=desks.desk)).json()
    assert (piece["kind"], piece["origin"], piece["destination"]) == ("result", AUTHORITY, "CITIZEN")
    assert (piece["direction"], piece["dossiers"]) == ("outbound", [code])


async def test_a_move_that_the_portal_does_not_know_is_refused_with_what_is_allowed(desks):
    code = await desks.dossier()
    answer = await desks.state(code, "completed")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "case.move_not_allowed")
    assert (problem["from"], problem["to"]) == (1, 9)
    assert set(problem["allowed"]) == {"received", "rejected", "withdrawal_requested"}
    assert await fetch("SELECT FROM ledger WHERE kind = 'completed'") == []


async def test_a_second_supplement_needs_the_head_and_a_reason(desks):
    code = await desks.dossier()
    await desks.states(code, "received", "supplement_requested", "supplemented")
    again = await desks.state(code, "supplement_requested")
    assert (again.status_code, again.json()["code"]) == (409, "case.second_supplement")
    by_desk = await desks.state(code, "supplement_requested", override=True, reason="LAW_CHANGED")
    assert (by_desk.status_code, by_desk.json()["code"]) == (403, "case.override_needs_head")
    mute = await desks.state(code, "supplement_requested", override=True, by=desks.head)
    assert (mute.status_code, mute.json()["code"]) == (422, "case.reason_missing")
    said = {"override": True, "reason": "LAW_CHANGED", "by": desks.head}
    unnumbered = await desks.state(code, "supplement_requested", **said)
    assert (unnumbered.status_code, unnumbered.json()["code"]) == (422, "case.decision_missing")
    unlisted = await desks.state(
        code, "supplement_requested", **said | {"reason": "leader"}, decision="12/QĐ-SXD"
    )
    assert (unlisted.status_code, unlisted.json()["code"]) == (422, "case.reason_unknown")
    by_head = await desks.state(code, "supplement_requested", **said, decision="12/QĐ-SXD")
    assert (by_head.status_code, by_head.json()["supplements"]) == (201, 2)
    flags = [event["flags"] for event in by_head.json()["events"]]
    assert flags == [[], [], [], [], ["case.second_supplement"]]
    rows = await fetch("SELECT ordinal, override, decision, answered_at FROM supplement_request ORDER BY at")
    assert [tuple(row)[:3] for row in rows] == [(1, False, None), (2, True, "12/QĐ-SXD")]
    assert [row["answered_at"] is None for row in rows] == [False, True]


async def test_an_extension_keeps_the_first_promise(desks):
    code = await desks.dossier()
    await desks.states(code, "received", "step_done")
    mute = await desks.state(code, "extended", due="2026-12-08T17:00:00+07:00")
    assert (mute.status_code, mute.json()["code"]) == (409, "case.apology_missing")
    extended = await desks.state(code, "extended", due="2026-12-08T17:00:00+07:00", apology="15/VBXL")
    assert extended.json()["due_first"] == "2026-12-01T10:00:00Z"
    assert extended.json()["due_now"] == "2026-12-08T10:00:00Z"
    again = await desks.state(code, "extended", due="2026-12-09T17:00:00+07:00", apology="16/VBXL")
    assert (again.status_code, again.json()["code"]) == (409, "case.second_extension")


async def test_only_the_agency_speaks_for_a_case(desks, clock):
    code = await desks.dossier()
    other_desk = await headers(OFFICE, Role.DESK, now=clock.instant)
    refused = await desks.state(code, "received", by=other_desk)
    assert (refused.status_code, refused.json()["code"]) == (403, "case.other_agency")
    assert (await desks.state(code, "received", by=desks.clerk)).status_code == 403
    assert (await desks.state(code, "received", by=desks.stranger)).status_code == 404
    assert (await desks.state(code, "received", by=desks.head)).status_code == 201


async def test_a_successor_goes_on_with_the_case(desks, clock):
    code = await desks.dossier()
    await organisation("MC-HUE-2", kind=Kind.DESK)
    async with unit_of_work():
        await network.close(DESK, clock.instant.date(), "MC-HUE-2")
    successor = await headers("MC-HUE-2", Role.DESK, now=clock.instant)
    assert (await desks.state(code, "received", by=successor)).status_code == 201


async def test_the_same_event_may_be_sent_twice(desks, clock):
    code = await desks.dossier()
    event = {"id": str(new_id(clock.instant)), "occurred_at": "2026-11-23T08:00:00+07:00"}
    first = await desks.state(code, "received", **event)
    clock.advance(timedelta(minutes=1))
    second = await desks.state(code, "received", **event)
    assert second.json() == first.json()
    other = await desks.state(code, "rejected", **event)
    assert (other.status_code, other.json()["code"]) == (409, "case.event_id_taken")
    assert len(await fetch("SELECT FROM ledger WHERE code = $1 AND stream = 2", code)) == 2


async def finished(desks, clock, **different) -> str:
    code = await desks.dossier(**different)
    await desks.states(code, "received", "step_done", "completed", "result_at_desk")
    clock.advance(timedelta(hours=1))
    return code


async def test_a_case_closes_once_the_original_came_home_with_the_result(desks, clock):
    code = await finished(desks, clock)
    early = await desks.state(code, "closed")
    assert (early.status_code, early.json()["code"]) == (409, "case.originals_outstanding")
    assert early.json()["lines"] == [{"number": 1, "copies": 1}]
    await scan("receive", f"{code}-KQ", OFFICE, clock.instant, counterparty=DESK)
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 0})
    without = await desks.state(code, "closed")
    assert without.json()["code"] == "case.originals_outstanding"
    correct = clock.advance(timedelta(hours=1))
    await scan("deliver", f"{code}-KQ", OFFICE, correct, counted={"documents": 1, "originals": 1})
    closed = await desks.state(code, "closed")
    assert (closed.status_code, closed.json()["status"]) == (201, 10)


async def test_originals_counted_at_the_delivery_of_the_item_count_for_the_result_inside(desks, clock):
    code = await finished(desks, clock)
    item = (
        await desks.client.post(
            "/api/v1/items", json={"destination": "CITIZEN", "pieces": [f"{code}-KQ"]}, headers=desks.desk
        )
    ).json()["code"]
    await scan("receive", item, OFFICE, clock.advance(timedelta(hours=1)))
    await scan("deliver", item, OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 1})
    clock.advance(timedelta(hours=1))
    assert (await desks.state(code, "closed")).status_code == 201


async def test_an_open_incident_lets_a_case_close(desks, clock):
    code = await finished(desks, clock)
    await scan("report", code, DESK, clock.advance(timedelta(hours=1)), condition="lost")
    assert (await desks.state(code, "closed")).json()["code"] == "case.result_outstanding"
    await scan("deliver", f"{code}-KQ", DESK, clock.advance(timedelta(hours=1)))
    assert (await desks.state(code, "closed")).status_code == 201


async def test_without_originals_only_the_result_is_waited_for(desks, clock):
    code = await finished(desks, clock, lines=[{"name": "Tờ khai", "form": "copy", "to_return": True}])
    assert (await desks.state(code, "closed")).json()["code"] == "case.result_outstanding"
    await scan("deliver", f"{code}-KQ", DESK, clock.advance(timedelta(hours=1)))
    assert (await desks.state(code, "closed")).status_code == 201


async def test_an_imported_log_is_taken_as_it_is_and_flagged(desks, clock):
    now, day = clock.instant, timedelta(days=1)
    start = now - 30 * day
    registering = Registering(
        code="WABO-10009138",
        procedure="9.000001",
        authority=AUTHORITY,
        desk=DESK,
        office=None,
        service_mode=ServiceMode.RETURN,
        registered_at=start,
        id=new_id(start),
        piece_id=new_id(start),
    )
    events = [
        ImportedEvent(
            dossier="WABO-10009138", id=new_id(start), kind=kind, at=start + days * day, organisation=DESK
        )
        for days, kind in ((-1, CaseKind.STEP_DONE), (1, CaseKind.COMPLETED), (2, CaseKind.STEP_DONE))
    ]
    for expected in (1, 0):
        assert await service.import_dossiers([registering], now=now, source="wabo") == expected
        assert await service.import_events(events, now=now, source="wabo") == 3 * expected
    read = (await desks.client.get("/api/v1/dossiers/WABO-10009138", headers=desks.desk)).json()
    assert (read["status"], read["source"]) == (9, "wabo")
    assert read["completed_at"] == (start + day).isoformat().replace("+00:00", "Z")
    assert [(event["kind"], event["flags"]) for event in read["events"]] == [
        ("step_done", ["case.before_registration", "case.move_not_allowed"]),
        ("registered", []),
        ("completed", []),
        ("step_done", ["case.move_not_allowed"]),
    ]
    assert len(await fetch("SELECT FROM piece WHERE code = 'WABO-10009138-KQ'")) == 1


@pytest.mark.parametrize(
    ("event", "status", "pointer"),
    [
        ({"kind": "sing"}, 400, "/kind"),
        ({"kind": "received", "due": "2026-12-01"}, 400, "/due"),
        ({"kind": "received", "occurred_at": "2026-12-24T08:00:00+07:00"}, 422, "/occurred_at"),
        ({"kind": "received", "due": "2026-11-01T08:00:00+07:00"}, 422, "/due"),
        ({"kind": "rejected", "reason": "xin lỗi"}, 400, "/reason"),
    ],
)
async def test_a_bad_event_names_its_field(desks, event, status, pointer):
    code = await desks.dossier()
    answer = await desks.state(code, **event)
    assert (answer.status_code, answer.json()["pointer"]) == (status, pointer), answer.text
