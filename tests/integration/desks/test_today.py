"""A desk's day by pages alone: the list by urgency, one click for many, taking it back, what is late and why."""

from datetime import timedelta

import pytest

from postal.db import fetch_value
from postal.identity.rules import Role
from postal.outbox.service import drain
from tests.factories.dossiers import DESK, STRANGER, Desks
from tests.factories.identity import person
from tests.factories.pages import check_page

SITE = {"Origin": "http://testserver"}
PASSWORD = "mật khẩu dài 123"


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def sign_in(client, clock, login="mot-cua", organisation=DESK, role=Role.DESK):
    if not await fetch_value("SELECT 1 FROM person WHERE login = $1", login):
        await person(
            f"NV-{login}",
            organisation,
            role,
            now=clock.instant,
            login=login,
            password=PASSWORD,
        )
    client.cookies.clear()
    answer = await client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=SITE)
    assert answer.status_code == 303, answer.text


def rows(text):
    return [part.split('"')[0] for part in text.split('data-code="')[1:]]


def token(text):
    return text.split('name="token" value="')[1].split('"')[0]


async def test_the_list_has_the_most_urgent_first_and_pages_on(client, clock, desks):
    by_hand = {"service_mode": "return", "channel": "direct"}
    old = await desks.dossier(**by_hand)
    await desks.states(old, "received")
    clock.advance(timedelta(days=3))
    asked = await desks.dossier(**by_hand)
    await desks.states(asked, "received", "supplement_requested", "supplemented")
    brought = await desks.dossier(**by_hand)
    done = await desks.dossier(**by_hand)
    await desks.states(done, "received", "step_done", "completed")
    clock.advance(timedelta(days=6))
    fresh = await desks.dossier(**by_hand)
    await desks.states(fresh, "received")
    await drain()
    await sign_in(client, clock)
    page = check_page(await client.get("/desk"))
    assert rows(page)[0] == old
    assert {brought, done} <= set(rows(page))
    assert rows(page).index(brought) < rows(page).index(done)
    assert fresh not in rows(page)
    assert "Quá hạn, chưa xin lỗi" in page
    assert rows(check_page(await client.get("/desk?task=running&lang=en"), "en")) == [fresh]
    assert rows(check_page(await client.get("/desk?task=near&lang=vi"))) == [asked], "its last working day"
    assert rows(check_page(await client.get("/desk?task=overdue&lang=vi"))) == [old]
    assert (await client.get("/desk?task=nothing")).status_code == 400
    late = check_page(await client.get("/desk/late"))
    assert old in late
    assert fresh not in late
    for address in ("/desk/keys", "/desk/search", "/desk/pickups", "/desk/intake", "/desk/register"):
        check_page(await client.get(address))


async def test_one_click_completes_many_twice_is_once_and_a_slip_is_taken_back(client, clock, desks):
    ready = [await desks.dossier(service_mode="return", channel="direct") for _ in range(3)]
    for code in ready:
        await desks.states(code, "received", "step_done")
    waiting = await desks.dossier(service_mode="return", channel="direct")
    await sign_in(client, clock)
    form = {"token": "0193a000-0000-7000-8000-000000000009", "act": "completed"}
    nothing = await client.post("/desk/bulk", data=form, headers=SITE)
    assert (nothing.status_code, "Chưa chọn hồ sơ nào" in check_page(nothing)) == (422, True)
    form |= {"token": "0193a000-0000-7000-8000-000000000001", "pick": [*ready, waiting]}
    done = await client.post("/desk/bulk", data=form, headers=SITE)
    again = await client.post("/desk/bulk", data=form, headers=SITE)
    assert done.status_code == again.status_code == 303
    assert done.headers["location"] == again.headers["location"]
    where = done.headers["location"]
    page = check_page(await client.get(where))
    assert "<strong>3</strong>" in page
    assert waiting in page.split('id="refused"')[1]
    count = "SELECT count(*) FROM ledger WHERE kind = 'completed'"
    assert await fetch_value(count) == 3
    other = await client.post("/desk/bulk", data=form | {"act": "received"}, headers=SITE)
    assert (other.status_code, "đã được gửi" in check_page(other)) == (422, True)

    await sign_in(client, clock, "la", STRANGER)
    assert (await client.get(where)).status_code == 404
    assert (await client.post(f"{where}/undo", headers=SITE)).status_code == 404

    await sign_in(client, clock)
    undone = await client.post(f"{where}/undo", data={"token": token(page)}, headers=SITE)
    twice = await client.post(f"{where}/undo", data={"token": token(page)}, headers=SITE)
    assert undone.status_code == twice.status_code == 303
    page = check_page(await client.get(where))
    assert "Đã hoàn tác" in page
    assert 'id="undo"' not in page
    status = (
        "SELECT count(*) FROM dossier WHERE status = 4 AND completed_at IS NULL AND code = ANY($1::text[])"
    )
    assert await fetch_value(status, ready) == 3
    assert await fetch_value(count) == 3
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'case.corrected'") == 3
    await drain()
    running = "SELECT count(*) FROM dossier_clock WHERE clock = 'C3' AND stopped_at IS NULL"
    open_clocks = f"{running} AND dossier = ANY($1::text[])"
    assert await fetch_value(open_clocks, ready) == 3
    assert f"{ready[0]}-KQ" not in check_page(await client.get("/manifests/waiting"))

    form |= {"token": "0193a000-0000-7000-8000-000000000002", "pick": ready}
    where = (await client.post("/desk/bulk", data=form, headers=SITE)).headers["location"]
    clock.advance(timedelta(minutes=16))
    assert 'id="undo"' not in check_page(await client.get(where))
    late = await client.post(f"{where}/undo", headers=SITE)
    assert late.status_code == 303
    assert "Đã quá 15 phút" in check_page(await client.get(where))
    assert await fetch_value("SELECT count(*) FROM dossier WHERE status = 9") == 3
    assert f"{ready[0]}-KQ" in check_page(await client.get("/manifests/waiting"))
