"""A citizen rates what came home; nobody else can, and nobody learns whether there was anything to rate."""

from datetime import timedelta

import pytest

from postal.db import fetch_value
from postal.identity.rules import Role
from tests.factories.dossiers import OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.ratings import brought_home


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def rate(desks, code, score="satisfied", last4="5678", **more):
    sent = {"code": code, "last4": last4, "score": score, **more}
    return await desks.client.post("/api/v1/ratings", json=sent)


async def test_a_rating_is_given_once_delivered_replaced_within_its_window_and_scored(desks, clock):
    early = await desks.dossier()
    refused = await rate(desks, early)
    assert (refused.status_code, refused.json()["code"]) == (409, "rating.not_delivered")
    code = await brought_home(desks, clock)
    given = await rate(desks, f"{code}-KQ", note="Anh bưu tá 0912 rất tử tế")
    assert given.status_code == 200, given.text
    assert given.json()["dossier"] == code
    assert (await rate(desks, code, note="Anh bưu tá 0912 rất tử tế")).json() == given.json()
    clock.advance(timedelta(days=29))
    page = await desks.client.post(
        "/rate", data={"code": code, "last4": "5678", "score": "dissatisfied", "attitude": "neutral"}
    )
    assert page.status_code == 200
    assert "Không hài lòng" in page.text
    clock.advance(timedelta(days=2))
    refused = await rate(desks, code, "satisfied")
    assert (refused.status_code, refused.json()["code"]) == (409, "rating.stands")
    head = await headers(OFFICE, Role.SUPERVISOR, now=clock.instant)
    read = (await desks.client.get(f"/api/v1/ratings/{code}", headers=head)).json()
    assert [one["score"] for one in read["versions"]] == ["dissatisfied", "satisfied"]
    assert list(read["notes"].values()) == ["Anh bưu tá 0912 rất tử tế"]
    clerk = (await desks.client.get(f"/api/v1/ratings/{code}", headers=desks.clerk)).json()
    assert (clerk["notes"], clerk["rating"]["attitude"]) == (None, "neutral")
    assert await fetch_value("SELECT count(*) FROM ledger WHERE body::text LIKE '%bưu tá%'") == 0
    scores = await desks.client.get("/api/v1/ratings/scores?by=office", headers=desks.clerk)
    [tally] = scores.json()["tallies"]
    assert (tally["key"], tally["total"], tally["dissatisfied"]) == (OFFICE, 1, 1)
    assert scores.json()["target"]["percent"] == 90
    by_agency = await desks.client.get("/api/v1/ratings/scores?by=agency", headers=desks.clerk)
    assert by_agency.json()["tallies"] == []
    shown = await desks.client.get("/ratings", headers=desks.head)
    assert (shown.status_code, code in shown.text) == (200, True)


async def test_what_is_not_yours_is_refused_as_what_does_not_exist_and_guesses_lock_the_code(desks, clock):
    code = await brought_home(desks, clock)
    foreign = await rate(desks, code, last4="0000")
    unknown = await rate(desks, "H57.01-20261123-0000000", last4="0000")
    assert foreign.status_code == unknown.status_code == 404
    assert {**foreign.json(), "instance": ""} == {**unknown.json(), "instance": ""}
    for _ in range(4):
        await rate(desks, code, last4="1111")
    assert (await rate(desks, code)).json()["code"] == "track.not_found"
    assert (await desks.client.post(f"/api/v1/track/{code}", json={"last4": "5678"})).status_code == 404
    assert await fetch_value("SELECT count(*) FROM rating") == 0
    page = await desks.client.post("/rate", data={"code": code, "last4": "5678", "score": "satisfied"})
    assert page.status_code == 404
    assert "Chưa gửi được" in page.text
    wrong = await desks.client.post("/rate", data={"code": code, "last4": "5678", "score": "great"})
    assert wrong.status_code == 400
