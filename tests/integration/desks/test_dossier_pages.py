"""One dossier through the desk's forms: registered, asked about, worked on, completed; and who may not."""

import re
from urllib.parse import quote

import pytest

from postal.db import fetch_value, unit_of_work
from postal.identity.rules import Role
from postal.law.repository import writing
from postal.law.rules import Component
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE, STRANGER, Desks
from tests.factories.pages import check_page
from tests.integration.desks.test_today import SITE, sign_in

TOKEN = "0193a000-0000-7000-8000-0000000001{:02x}"
FORM = {
    "procedure": PROCEDURE,
    "service_mode": "return",
    "channel": "direct",
    "consent": "signed",
    "desk": DESK,
    "office": OFFICE,
    "name": "Nguyễn Thị Hằng",
    "phone": "0912 345 678",
    "line-1": "1",
    "line-1-name": "Giấy chứng nhận",
    "line-1-form": "original",
    "line-1-copies": "1",
    "line-1-sheets": "2",
    "line-1-to_return": "1",
}


@pytest.fixture
async def desks(client, clock):
    made = await Desks(client, clock.instant).prepare()
    papers = (
        Component(code="A", name_vi="Giấy chứng nhận", name_en="Certificate", form="original"),
        Component(code="B", name_vi="Tờ khai", name_en="Declaration", form="copy"),
    )
    async with unit_of_work():
        await writing.add_components(PROCEDURE, 1, papers)
    await sign_in(client, clock)
    return made


async def do(client, code, act, number, **fields):
    data = {"act": act, "token": TOKEN.format(number), **fields}
    return await client.post(f"/desk/dossiers/{quote(code)}", data=data, headers=SITE)


async def test_a_dossier_is_registered_once_and_goes_through_every_form(client, clock, desks):
    del desks
    found = check_page(await client.get("/desk/register?q=thu+tuc+thu"))
    assert f"procedure={PROCEDURE}" in found
    blank = check_page(await client.get(f"/desk/register?procedure={PROCEDURE}"))
    assert 'value="Giấy chứng nhận"' in blank
    bad = await client.post("/desk/register", data=FORM | {"phone": "12"}, headers=SITE)
    told = check_page(bad)
    assert (bad.status_code, 'href="#phone"' in told, 'value="Nguyễn Thị Hằng"' in told) == (400, True, True)
    wrong = await client.post("/desk/register", data=FORM | {"channel": "post"}, headers=SITE)
    assert (wrong.status_code, 'href="#channel"' in check_page(wrong)) == (422, True)
    elsewhere = await client.post("/desk/register", data=FORM | {"procedure": "8.999999"}, headers=SITE)
    assert elsewhere.status_code == 404
    form = FORM | {"token": TOKEN.format(1)}
    made = await client.post("/desk/register", data=form, headers=SITE)
    again = await client.post("/desk/register", data=form, headers=SITE)
    assert made.status_code == again.status_code == 303, made.text
    assert made.headers["location"] == again.headers["location"]
    assert await fetch_value("SELECT count(*) FROM dossier") == 1
    code = made.headers["location"].rpartition("/")[2]
    page = check_page(await client.get(f"/desk/dossiers/{code}"))
    assert "Nguyễn Thị Hằng" in page
    assert set(re.findall(r'id="form-([a-z_]+)"', page)) == {
        "received",
        "rejected",
        "withdrawal_requested",
    }
    early = await do(client, code, "completed", 2)
    assert (early.status_code, "không cho phép" in check_page(early)) == (409, True)
    mad = await do(client, code, "fly", 3)
    assert mad.status_code == 422
    assert (await do(client, code, "received", 4)).status_code == 303
    assert (await do(client, code, "received", 4)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'received'") == 1
    beyond = await do(client, code, "supplement_requested", 5, items="7", reason="PAPERS_MISSING")
    told = check_page(beyond)
    assert (beyond.status_code, "không có mục số 7" in told) == (422, True)
    empty = await do(client, code, "supplement_requested", 40, reason="PAPERS_MISSING")
    told = check_page(empty)
    assert (empty.status_code, 'href="#items-supplement_requested-1"' in told) == (422, True)
    asked = await do(client, code, "supplement_requested", 6, items=["1", "2"], reason="PAPERS_MISSING")
    assert asked.status_code == 303
    assert await fetch_value("SELECT items FROM supplement_request") == [1, 2]
    page = check_page(await client.get(f"/desk/dossiers/{code}?lang=en"), "en")
    assert 'id="do-supplemented"' in page
    await client.get("/desk?lang=vi")
    for number, act in enumerate(("supplemented", "step_done", "fee_due", "fee_paid"), 7):
        answer = await do(client, code, act, number, **({"step": "B1"} if act == "step_done" else {}))
        assert answer.status_code == 303, (act, answer.text)
    page = check_page(await client.get(f"/desk/dossiers/{code}"))
    assert 'id="do-supplement_requested"' not in page
    assert f"/dossiers/{code}/apology" in page
    done = await do(client, code, "completed", 20)
    assert done.status_code == 303
    assert 'id="may-undo"' in check_page(await client.get(done.headers["location"]))
    assert (await do(client, code, "result_at_desk", 21)).status_code == 303
    slip = await client.post(f"/desk/dossiers/{code}/slip", headers=SITE)
    assert (slip.status_code, slip.headers["cache-control"]) == (200, "private, no-store")
    link = re.search(r"/t/l/[^<\s]+", check_page(slip))[0]
    assert "http://testserver/rate</span>" in slip.text
    assert link in check_page(await client.post(f"/desk/dossiers/{code}/slip", headers=SITE))
    found = await client.post("/desk/search", data={"q": "hang"}, headers=SITE)
    assert found.status_code == 200
    assert code in check_page(found).split('id="found"')[1]
    assert "hang" not in str(found.url)
    assert code in check_page(await client.post("/desk/search", data={"q": code[-7:]}, headers=SITE))
    assert "ít nhất hai" in check_page(await client.post("/desk/search", data={"q": "h"}, headers=SITE))


async def test_the_head_may_ask_once_more_and_strangers_find_nothing(client, clock, desks):
    code = await desks.dossier()
    await desks.states(code, "received")
    assert (await desks.state(code, "supplement_requested", items=[1])).status_code == 201
    await desks.states(code, "supplemented")
    await sign_in(client, clock, "lanh-dao", AUTHORITY, Role.AGENCY_HEAD)
    page = check_page(await client.get(f"/desk/dossiers/{code}"))
    assert 'id="decision-supplement_requested"' in page
    said = {"items": "1", "override": "1", "reason": "NEW_FACTS", "decision": "12/QD-SNV"}
    assert (
        await do(client, code, "supplement_requested", 30, **(said | {"decision": "?"}))
    ).status_code == 400
    assert (await do(client, code, "supplement_requested", 31, **said)).status_code == 303

    await sign_in(client, clock, "quay", OFFICE, Role.CLERK)
    page = check_page(await client.get(f"/desk/dossiers/{code}"))
    assert "Nguyễn Thị Hằng" in page
    assert re.findall(r'id="form-([a-z_]+)"', page) == ["pack"]
    packed = await do(client, code, "pack", 32)
    assert packed.status_code == 303, packed.text
    assert (await do(client, code, "pack", 32)).headers["location"] == packed.headers["location"]
    assert await fetch_value("SELECT count(*) FROM piece WHERE kind = 'item'") == 1
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'accept'") == 1
    assert await fetch_value("SELECT claims FROM custody WHERE code = $1", code) == [OFFICE]
    # First into the hand, then into the item: at one instant, ids would decide, and those are random.
    order = "SELECT array_agg(kind ORDER BY occurred_at) FROM ledger WHERE code = $1 AND kind IN ('accept', 'pack')"
    assert await fetch_value(order, code) == ["accept", "pack"]
    apart = "SELECT count(DISTINCT occurred_at) FROM ledger WHERE code = $1 AND kind IN ('accept', 'pack')"
    assert await fetch_value(apart, code) == 2
    item = await fetch_value("SELECT code FROM piece WHERE kind = 'item'")
    assert await fetch_value("SELECT container FROM custody WHERE code = $1", code) == item
    assert "/label.pdf" in check_page(await client.get(packed.headers["location"]))
    nothing = await do(client, code, "pack", 33)
    assert (nothing.status_code, "không giữ giấy tờ" in check_page(nothing)) == (409, True)
    found = check_page(await client.post("/desk/search", data={"q": "hằng"}, headers=SITE))
    assert code not in found.split('id="found"')[1]
    assert f"/desk/dossiers/{code}" in check_page(
        await client.post("/desk/search", data={"q": code.lower()}, headers=SITE)
    )

    await sign_in(client, clock, "la", STRANGER)
    assert (await client.get(f"/desk/dossiers/{code}")).status_code == 404
    assert (await do(client, code, "completed", 34)).status_code == 404
    assert (await client.post(f"/desk/dossiers/{code}/slip", headers=SITE)).status_code == 404
    theirs = check_page(await client.post("/desk/search", data={"q": code}, headers=SITE))
    assert code not in theirs.split('id="found"')[1]
    client.cookies.clear()
    assert (await client.get("/desk")).status_code == 401
