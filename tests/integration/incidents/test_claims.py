"""Claims of citizens: kept whatever the day, judged by the law, and without a name in the ledger."""

from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from tests.factories.incidents import CLAIMANT, a_claim, parties
from tests.factories.manifests import GIVER, RECEIVER, item
from tests.factories.pieces import scan

A, B, NOBODYS = item(1), item(2), item(9)


@pytest.fixture
async def people(client, clock):
    return await parties(client, clock, A, B)


async def lodged(party, body):
    answer = await party.post("/claims", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_claim_in_time_is_open_with_its_limits(people, clock):
    giver, receiver, _ = people
    view = await lodged(giver, a_claim(A))
    claim = view["claim"]
    assert claim["code"].startswith("KN-261123-")
    # Accepted on Monday 23 November; J+2 within the province is the 26th, since the 24th is off.
    assert (claim["state"], claim["window_from"], claim["last_day"]) == ("open", "2026-11-26", "2027-05-26")
    assert claim["answer_due"] == "2026-12-01T10:00:00Z"
    assert "TT 17/2017" in claim["answer_citation"]
    assert view["claimant"] == CLAIMANT
    other = (await receiver.get(f"/claims/{claim['code']}")).json()
    assert (other["claim"]["code"], other["claimant"]) == (claim["code"], None)


async def test_a_late_claim_is_kept_and_refused_with_the_day_and_the_text(people, clock):
    giver, _, _ = people
    clock.advance(timedelta(days=200))
    claim = (await lodged(giver, a_claim(A)))["claim"]
    assert (claim["state"], claim["last_day"]) == ("refused_late", "2027-05-26")
    assert "Đ38 k2a" in claim["window_citation"]
    answer = await giver.post(f"/claims/{claim['code']}/answer", {"outcome": "CLAIM_GRANTED"})
    assert (answer.status_code, answer.json()["code"]) == (409, "claim.late")
    assert "2027-05-26" in answer.json()["detail"]


async def test_the_ledger_and_a_stranger_learn_no_name(people, clock):
    giver, _, stranger = people
    claim = (await lodged(giver, a_claim(A)))["claim"]
    rows = " ".join(row["body"] for row in await fetch("SELECT body::text FROM ledger WHERE code = $1", A))
    assert claim["claimant"] in rows
    assert not any(value in rows for value in CLAIMANT.values())
    assert (await stranger.get(f"/claims/{claim['code']}")).json()["code"] == "claim.not_found"
    assert (await stranger.get("/claims")).json()["items"] == []
    erased = await giver.client.delete(f"/api/v1/claims/{claim['code']}/claimant", headers=giver.headers)
    assert erased.status_code == 204
    assert (await giver.get(f"/claims/{claim['code']}")).json()["claimant"] is None
    left = await fetch_value("SELECT COALESCE(name, phone, address, statement, salt::text) FROM claimant")
    assert left is None


async def test_a_late_delivery_is_proven_by_its_rows_and_gives_the_fare_back(people, clock):
    giver, _, _ = people
    clock.advance(timedelta(days=4))
    await scan("receive", A, RECEIVER, clock.instant, counterparty=GIVER)
    view = await lodged(giver, a_claim(A, "late"))
    journey = view["journey"]
    assert (journey["missed"], journey["due_on"]) == (True, "2026-11-26")
    kinds = {
        str(row["id"]): row["kind"] for row in await fetch("SELECT id, kind FROM ledger WHERE code = $1", A)
    }
    assert kinds[journey["arrived_row"]] == "receive"
    assert (view["compensation"]["least"], view["compensation"]["times"]) == (30_000, 1)


async def test_a_claim_is_answered_once(people, clock):
    giver, receiver, _ = people
    code = (await lodged(giver, a_claim(A)))["claim"]["code"]
    stranger_to_it = await receiver.post(f"/claims/{code}/answer", {"outcome": "CLAIM_GRANTED"})
    assert (stranger_to_it.status_code, stranger_to_it.json()["code"]) == (403, "claim.not_yours")
    answer = await giver.post(f"/claims/{code}/answer", {"outcome": "CLAIM_GRANTED"})
    assert (answer.json()["claim"]["state"], answer.json()["claim"]["answered_by"]) == ("answered", GIVER)
    again = await giver.post(f"/claims/{code}/answer", {"outcome": "CLAIM_REJECTED"})
    assert (again.status_code, again.json()["code"]) == (409, "claim.answered")


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (a_claim(NOBODYS), 404, "piece.not_found"),
        (a_claim(A), 409, "claim.lodged_already"),
        (a_claim(A, "late", lodged_at="2026-12-24T08:00:00+07:00"), 422, "claim.in_the_future"),
    ],
)
async def test_what_cannot_be_is_refused_in_both_languages(people, body, status, problem):
    giver, _, _ = people
    await lodged(giver, a_claim(A))
    answer = await giver.post("/claims", body)
    english = await giver.post("/claims", body, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (status, problem)
    assert answer.json()["detail"] != english.json()["detail"]


async def test_a_claim_for_anothers_piece_is_answered_as_one_for_no_piece(people):
    _, _, stranger = people
    others, nobodys = [await stranger.post("/claims", a_claim(code)) for code in (A, NOBODYS)]
    assert others.status_code == nobodys.status_code == 404
    assert others.json()["detail"] == nobodys.json()["detail"]


async def test_claims_of_two_kinds_stand_side_by_side(people):
    giver, _, _ = people
    first, second = [await lodged(giver, a_claim(B, kind)) for kind in ("loss", "late")]
    listed = (await giver.get("/claims", piece=B, state="open")).json()["items"]
    assert {one["code"] for one in listed} == {first["claim"]["code"], second["claim"]["code"]}
