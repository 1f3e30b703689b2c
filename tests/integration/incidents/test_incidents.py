"""A lost piece over HTTP: who answered last and why, what must be paid, and how it ends."""

import asyncio
from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from postal.ledger.projections import export
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.fees import staff
from tests.factories.incidents import parties
from tests.factories.manifests import GIVER, RECEIVER, item, party
from tests.factories.pieces import scan

A, B, NOBODYS = item(1), item(2), item(9)


@pytest.fixture
async def people(client, clock):
    return await parties(client, clock, A, B)


@pytest.fixture
async def giver(people):
    return people[0]


async def opened(giver, piece=A, **body):
    answer = await giver.post("/incidents", {"piece": piece, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_lost_scan_opens_an_incident_with_the_last_confirmed_holder(people, clock):
    giver, receiver, _ = people
    await scan("offer", A, GIVER, clock.instant, counterparty=RECEIVER)
    clock.advance(timedelta(minutes=5))
    await scan("receive", A, RECEIVER, clock.instant, counterparty=GIVER)
    clock.advance(timedelta(minutes=5))
    await scan("report", A, RECEIVER, clock.instant, condition="lost")
    found = (await giver.get(f"/incidents/{A}")).json()
    assert (found["incident"]["state"], found["incident"]["source"]) == ("open", "scan")
    answering = found["answering"]
    assert (answering["claims"], answering["kind"]) == ([RECEIVER], "receive")
    rows = await fetch("SELECT id, kind FROM ledger WHERE code = $1", A)
    assert {str(row["id"]): row["kind"] for row in rows}[answering["row"]] == "receive"
    listed = (await receiver.get("/incidents", holder=RECEIVER, state="open")).json()["items"]
    assert [one["incident"]["piece"] for one in listed] == [A]
    assert (await giver.get("/incidents", holder=GIVER)).json()["items"] == []


async def test_by_hand_the_piece_is_lost_for_custody_too_and_found_again_settles(giver, clock):
    await opened(giver)
    assert (await giver.get(f"/pieces/{A}")).json()["phase"] == "lost"
    clock.advance(timedelta(days=1))
    await scan("receive", A, RECEIVER, clock.instant, counterparty=GIVER)
    found = (await giver.get(f"/incidents/{A}")).json()["incident"]
    assert found["state"] == "found"
    kinds = {
        str(row["id"]): row["kind"] for row in await fetch("SELECT id, kind FROM ledger WHERE code = $1", A)
    }
    assert kinds[found["found_row"]] == "receive"
    clock.advance(timedelta(days=1))
    again = await opened(giver)
    assert (again["incident"]["state"], again["incident"]["reopened"]) == ("open", 1)


async def test_liability_payment_and_closing(giver, clock):
    view = await opened(giver)
    assert (view["compensation"]["least"], view["compensation"]["times"]) == (120_000, 4)
    assert "NĐ 47/2011" in view["compensation"]["basis"][0]["citation"]
    for state, cost in (("requested", 0), ("issued", 45_000)):
        step = await giver.post(f"/incidents/{A}/reissue", {"paper": 1, "state": state, "cost": cost})
        assert step.status_code == 200, step.text
    early = await giver.post(f"/incidents/{A}/close", {"outcome": "INCIDENT_REISSUED"})
    assert early.json()["code"] == "incident.reissue_open"
    await giver.post(f"/incidents/{A}/reissue", {"paper": 1, "state": "delivered"})
    below = await giver.post(f"/incidents/{A}/liability", {"amount": 164_999})
    assert (below.status_code, below.json()["code"], below.json()["least"]) == (
        422,
        "incident.below_floor",
        165_000,
    )
    assert (await giver.post(f"/incidents/{A}/payment", {"amount": 1})).json()[
        "code"
    ] == "incident.not_documented"
    document = (await giver.post(f"/incidents/{A}/liability")).json()["incident"]
    assert (document["amount"], document["liable"], document["pay_due"]) == (
        165_000,
        GIVER,
        "2026-12-23T10:00:00Z",
    )
    assert (await giver.post(f"/incidents/{A}/payment", {"amount": 1})).json()[
        "code"
    ] == "incident.other_amount"
    unpaid = await giver.post(f"/incidents/{A}/close", {"outcome": "INCIDENT_COMPENSATED"})
    assert unpaid.json()["code"] == "incident.not_paid"
    paid = await giver.post(f"/incidents/{A}/payment", {"amount": 165_000})
    assert paid.json()["incident"]["paid"] == 165_000
    assert (await giver.post(f"/incidents/{A}/payment", {"amount": 165_000})).json()[
        "code"
    ] == "incident.paid"
    ended = await giver.post(f"/incidents/{A}/close", {"outcome": "INCIDENT_COMPENSATED"})
    assert (ended.json()["incident"]["state"], ended.json()["incident"]["outcome"]) == (
        "closed",
        "INCIDENT_COMPENSATED",
    )
    assert (
        await giver.post(f"/incidents/{A}/reissue", {"paper": 2, "state": "requested"})
    ).status_code == 409
    clock.advance(timedelta(days=3))
    await scan("arrive", A, GIVER, clock.instant)
    found = (await giver.get(f"/incidents/{A}")).json()["incident"]
    assert (found["state"], found["found_after_payment"]) == ("found", True)


async def test_an_unknown_fare_is_asked_for_and_not_guessed(giver):
    from postal.db import execute

    await execute("UPDATE organisation SET unit_code = '01273' WHERE code = $1", RECEIVER)
    view = await opened(giver)
    assert (view["compensation"]["least"], view["compensation"]["fare_needed"]) == (None, True)
    refused = await giver.post(f"/incidents/{A}/liability")
    assert (refused.status_code, refused.json()["code"]) == (422, "incident.fare_needed")
    assert "Cần xác định cước" in refused.json()["detail"]
    stated = (await giver.post(f"/incidents/{A}/liability", {"fare": 31_000})).json()
    assert (stated["incident"]["amount"], stated["compensation"]["fare"]["status"]) == (124_000, "stated")


@pytest.mark.parametrize(
    ("path", "body", "status", "problem"),
    [
        ("/incidents", {"piece": NOBODYS}, 404, "piece.not_found"),
        ("/incidents", {"piece": A}, 409, "incident.open_already"),
        (f"/incidents/{B}/close", {"outcome": "INCIDENT_FOUND"}, 404, "incident.not_found"),
        (f"/incidents/{A}/close", {"outcome": "NO_SUCH_CODE"}, 422, "incident.outcome"),
        (f"/incidents/{A}/close", {"outcome": "NOT_AT_HOME"}, 422, "incident.outcome"),
        (f"/incidents/{A}/close", {"outcome": "INCIDENT_COMPENSATED"}, 409, "incident.not_paid"),
    ],
)
async def test_what_cannot_be_is_refused_in_both_languages(giver, path, body, status, problem):
    await opened(giver)
    answer = await giver.post(path, body)
    english = await giver.post(path, body, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (status, problem)
    assert answer.json()["detail"] != english.json()["detail"]


async def test_a_delivered_piece_cannot_be_lost(giver, clock):
    await scan("deliver", A, GIVER, clock.instant)
    clock.advance(timedelta(minutes=1))
    answer = await giver.post("/incidents", {"piece": A})
    assert (answer.status_code, answer.json()["code"]) == (409, "incident.delivered")
    assert (await opened(giver, cause="damaged"))["incident"]["cause"] == "damaged"


async def test_others_neither_see_nor_settle_it_and_of_many_openers_one_wins(people, clock):
    giver, receiver, stranger = people
    answers = await asyncio.gather(*(giver.post("/incidents", {"piece": A}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert (await stranger.get(f"/incidents/{A}")).json()["code"] == "incident.not_found"
    assert (await stranger.post("/incidents", {"piece": A})).json()["code"] == "piece.not_found"
    assert (await stranger.get("/incidents")).json()["items"] == []
    other = await receiver.post(f"/incidents/{A}/close", {"outcome": "INCIDENT_FOUND"})
    assert (other.status_code, other.json()["code"]) == (403, "incident.not_yours")


async def test_a_discrepancy_that_ended_in_a_loss_opens_one_for_its_piece_alone(people, clock):
    giver, receiver, _ = people
    code = await giver.sealed(A, B)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(minutes=10))
    await scan("receive", B, RECEIVER, clock.instant, counterparty=GIVER, manifest=code)
    clock.advance(timedelta(hours=1))
    closed = await receiver.post(f"/manifests/{code}/close")
    assert closed.status_code == 200, closed.text
    [case] = (await giver.get("/discrepancies", manifest=code)).json()["items"]
    resolved = await giver.post(f"/discrepancies/{case['id']}/resolve", {"resolution": "compensated"})
    assert resolved.status_code == 200, resolved.text
    found = (await giver.get(f"/incidents/{A}")).json()["incident"]
    assert (found["state"], found["source"]) == ("open", "discrepancy")
    assert (await giver.get(f"/incidents/{B}")).status_code == 404


async def test_nothing_depends_on_the_projection_that_was_there(people, clock):
    giver, _, _ = people
    await opened(giver)
    await giver.post(f"/incidents/{A}/reissue", {"paper": 2, "state": "requested", "cost": 5})
    before = await export()
    from postal.db import execute, unit_of_work
    from postal.ledger.projections import Touched, run_projectors

    await execute("DELETE FROM incident")
    async with unit_of_work():
        await run_projectors(Touched([A, B]))
    assert await export() == before
    assert await fetch_value("SELECT count(*) FROM incident") == 1


async def test_the_fare_on_the_receipt_comes_before_the_table(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    dossier = await desks.dossier()
    clerk = await staff("an", OFFICE, Role.CLERK, now=clock.instant)
    fare = {"dossier": dossier, "line": "fare", "channel": "cash", "amount": 31_500, "receipt": "BL-7"}
    assert (await client.post("/api/v1/fees", json=fare, headers=clerk)).status_code == 201
    office = await party(client, OFFICE, Role.SUPERVISOR, Role.CLERK, now=clock.instant)
    made = await office.post("/items", {"destination": DESK, "pieces": [dossier]})
    clock.advance(timedelta(minutes=5))
    view = await opened(office, made.json()["code"])
    assert view["compensation"]["least"] == 126_000
    assert view["compensation"]["fare"] == {
        "amount": 31_500,
        "citation": "Biên lai cước BL-7",
        "status": "receipt",
    }
    assert view["contents"] == [dossier]
