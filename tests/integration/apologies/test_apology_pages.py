"""The head's page and the letter's form: readable and usable without JavaScript."""

import pytest

from postal.identity.rules import Role
from postal.outbox.service import drain
from shipments.apologies.service import draft_ahead
from tests.factories.dossiers import AUTHORITY, Desks
from tests.factories.identity import person
from tests.factories.pages import check_page
from tests.integration.apologies.test_apologies_over_http import at, received

SITE = {"Origin": "http://testserver"}
PASSWORD = "mật khẩu dài 123"


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def sign_in(client):
    client.cookies.clear()
    answer = await client.post("/sign-in", data={"login": "ld", "password": PASSWORD}, headers=SITE)
    assert answer.status_code == 303


async def test_the_head_sees_what_comes_signs_with_one_button_and_the_list_is_empty(client, clock, desks):
    near, late = await received(desks, clock), await received(desks, clock)
    clock.set(at("11-30", "08:00"))
    await draft_ahead(clock.instant)
    await person("LD-1", AUTHORITY, Role.AGENCY_HEAD, now=clock.instant, login="ld", password=PASSWORD)
    await sign_in(client)
    assert near in check_page(await client.get("/home"))
    told = check_page(await client.get("/agency"))
    assert told.count("Chọn lý do") == 2
    assert "Danh sách trống, đúng như phải thế." in told

    refused = await client.post("/agency", data={"dossier": near}, headers=SITE)
    assert refused.status_code == 422
    assert "Dự thảo chưa nêu lý do chậm" in check_page(refused)
    form = {"act": "save", "reason": "WORKLOAD", "day": "2026-12-05"}
    day_off = await client.post(f"/dossiers/{near}/apology", data=form, headers=SITE)
    assert "không phải ngày làm việc" in check_page(day_off)
    mad = await client.post(f"/dossiers/{near}/apology", data=form | {"day": "hôm nào"}, headers=SITE)
    assert (mad.status_code, "năm-tháng-ngày" in check_page(mad)) == (400, True)
    saved = await client.post(f"/dossiers/{near}/apology", data=form | {"day": "2026-12-04"}, headers=SITE)
    assert saved.status_code == 303
    assert "2026-12-04" in check_page(await client.get(f"/dossiers/{near}/apology"))
    assert (await client.post("/agency", data={"dossier": near}, headers=SITE)).status_code == 303
    assert "1/2026-XL" in check_page(await client.get(f"/dossiers/{near}/apology"))
    again = {"act": "sign", "reason": "WORKLOAD", "day": "2026-12-08"}
    assert (await client.post(f"/dossiers/{near}/apology", data=again, headers=SITE)).status_code == 409

    clock.set(at("12-01", "08:00"))
    await drain()
    await sign_in(client)
    told = check_page(await client.get("/agency"))
    assert f"{AUTHORITY}" in told.split('id="near"')[1].split('id="overdue"')[0]

    clock.set(at("12-02", "08:00"))
    await drain()
    await sign_in(client)
    told = check_page(await client.get("/agency?lang=en"), "en")
    assert "that list must be empty" in told
    assert late in told.split('id="overdue"')[1]
    assert (
        await client.post(
            f"/dossiers/{late}/apology", data=form | {"act": "sign", "day": "2026-12-04"}, headers=SITE
        )
    ).status_code == 303
    told = check_page(await client.get("/agency?lang=vi"))
    assert late in told.split('id="sent-late"')[1]
    assert "Không có hồ sơ quá hạn nào chưa được xin lỗi." in told

    client.cookies.clear()
    public = check_page(await client.get("/apologies"))
    assert near in public
    assert late in public
    assert AUTHORITY not in public.replace(near, "").replace(late, "")
    assert "Thủ tục thử" not in public
