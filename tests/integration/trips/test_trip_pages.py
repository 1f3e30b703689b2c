"""The pages of trips: opening, loading by scanned codes, departing and arriving, by forms without JavaScript."""

from datetime import timedelta

import pytest

from postal.identity.rules import Role
from tests.factories.fees import staff
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered
from tests.factories.network import organisations
from tests.factories.pages import check_page

A, BAG = item(1), "TUI-BC10-000001"


@pytest.fixture
async def giver(client, clock):
    await registered(A, now=clock.instant)
    await registered(BAG, now=clock.instant, kind="bag")
    await organisations(STRANGER)
    clock.advance(timedelta(minutes=1))
    return await party(client, GIVER, now=clock.instant)


async def test_a_trip_is_opened_loaded_and_driven_by_forms(client, clock, giver):
    manifest = await giver.sealed(A)
    clerk = await staff("an", GIVER, Role.CLERK, now=clock.instant)
    there = await staff("binh", RECEIVER, Role.CLERK, now=clock.instant)

    async def send(path, *, by=clerk, **form):
        return await client.post(path, data=form, headers=by | {"Origin": "http://testserver"})

    assert "Mở chuyến" in check_page(await client.get("/trips", headers=clerk))
    wrong = await send("/trips", destination="BC-NOWHERE", vehicle="29C-123.45")
    assert wrong.status_code == 422
    assert "29C-123.45" in check_page(wrong), "what was typed is still there"
    opened = await send("/trips", destination=RECEIVER, vehicle="29C-123.45")
    assert opened.status_code == 303
    path = opened.headers["location"]
    empty = await send(path, act="depart")
    assert (empty.status_code, "Chuyến thư chưa có gì" in check_page(empty)) == (409, True)
    slip = await send(path, act="load", codes=f"{manifest} {A}")
    assert (slip.status_code, "không phải mã bảng kê" in check_page(slip)) == (422, True)
    assert (await send(path, act="load", codes=f"{manifest}\r\n{BAG}")).status_code == 303
    assert (await send(path, act="depart")).status_code == 303
    text = check_page(await client.get(path, headers=clerk))
    for told in (manifest, BAG, "Đang đi", "Khởi hành"):
        assert told in text
    assert (await send(path, by=there, act="arrive")).status_code == 303
    assert (await send(path, by=there, act="unload", codes=BAG)).status_code == 303
    text = check_page(await client.get(path, headers=there))
    assert "Đã đến" in text
    assert "Khởi hành" not in text, "that is the crew's"
    assert path.rpartition("/")[2] in check_page(await client.get("/trips", headers=there))
    stranger = await staff("la", STRANGER, Role.CLERK, now=clock.instant)
    assert (await client.get(path, headers=stranger)).status_code == 404
    assert (await send(path, by=stranger, act="arrive")).status_code == 404
