"""Making items and bags over HTTP."""

import re
from datetime import timedelta

import pytest

from postal.db import fetch
from postal.identity.rules import Role
from shipments.pieces.rules import is_s10, kind_of
from tests.factories.dossiers import DESK, OFFICE, STRANGER, Desks
from tests.factories.identity import headers
from tests.factories.pieces import scan


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def make(desks, *pieces, destination=DESK, by=None, path="/api/v1/items", **more):
    return await desks.client.post(
        path, json={"destination": destination, "pieces": list(pieces), **more}, headers=by or desks.clerk
    )


async def test_papers_go_into_a_new_item_in_one_request(desks, clock):
    code = await desks.dossier()
    await scan("accept", code, OFFICE, clock.instant)
    clock.advance(timedelta(minutes=5))
    answer = await make(desks, code, seal="NP-0001")
    assert answer.status_code == 201, answer.text
    item = answer.json()
    assert item["code"].startswith("DH")
    assert is_s10(item["code"])
    assert (item["origin"], item["destination"], item["direction"]) == (OFFICE, DESK, "inbound")
    piece = (await desks.client.get(f"/api/v1/pieces/{code}", headers=desks.clerk)).json()
    assert (piece["holder"], piece["container"]) == (OFFICE, item["code"])
    await scan("receive", item["code"], DESK, clock.advance(timedelta(hours=1)))
    piece = (await desks.client.get(f"/api/v1/pieces/{code}", headers=desks.desk)).json()
    assert piece["holder"] == DESK


async def test_outbound_items_have_their_own_indicator(desks):
    answer = await make(desks, destination="CITIZEN", by=desks.desk)
    assert answer.json()["code"].startswith("DK")
    assert answer.json()["direction"] == "outbound"


async def test_items_go_into_bags_and_papers_do_not(desks, clock):
    code = await desks.dossier()
    item = (await make(desks, code)).json()["code"]
    refused = await make(desks, code, path="/api/v1/bags")
    assert (refused.status_code, refused.json()["code"]) == (422, "item.does_not_fit")
    bag = await make(desks, item, path="/api/v1/bags")
    assert re.fullmatch(r"TUI-20261123-\d{9}", bag.json()["code"])
    assert kind_of(bag.json()["code"]) == "bag"
    piece = (await desks.client.get(f"/api/v1/pieces/{code}", headers=desks.clerk)).json()
    assert piece["holder"] == OFFICE


async def test_what_is_packed_or_unknown_or_named_twice_stays_out(desks):
    code = await desks.dossier()
    item = (await make(desks, code)).json()["code"]
    again = await make(desks, code)
    assert (again.status_code, again.json()["code"], again.json()["container"]) == (
        409,
        "item.piece_packed",
        item,
    )
    twice = await make(desks, *([await desks.dossier()] * 2))
    assert (twice.status_code, twice.json()["pointer"]) == (422, "/pieces/1")
    absent = await make(desks, "DH999999999VN")
    assert (absent.status_code, absent.json()["pointer"]) == (404, "/pieces/0")
    stranger = await make(desks, await desks.dossier(), by=desks.stranger)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "piece.not_found")
    nowhere = await make(desks, destination="BC-000000")
    assert (nowhere.status_code, nowhere.json()["pointer"]) == (422, "/destination")
    assert len(await fetch("SELECT FROM piece WHERE kind = 'item'")) == 1
    assert len(await fetch("SELECT FROM serial_given WHERE prefix = 'DH'")) == 1


async def test_codes_of_one_office_and_day_stay_apart_and_in_no_order(desks, clock):
    codes = [(await make(desks)).json()["code"] for _ in range(30)]
    clock.advance(timedelta(days=1))
    codes += [(await make(desks)).json()["code"] for _ in range(5)]
    assert len(set(codes)) == 35
    assert codes != sorted(codes)
    for place, code in enumerate(codes[:30]):
        for other in codes[:place]:
            assert sum(one != two for one, two in zip(code[2:10], other[2:10], strict=True)) > 1


async def test_who_has_no_business_with_bags_makes_none(desks, clock):
    specialist = await headers(STRANGER, Role.SPECIALIST, now=clock.instant)
    assert (await make(desks, path="/api/v1/bags", by=specialist)).status_code == 403
    assert (await desks.client.post("/api/v1/items", json={"destination": DESK})).status_code == 401
