"""Steps of a case over HTTP: waiting and work, who answers, and the log of what took too long."""

from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from postal.network.rules import Kind
from postal.outbox.service import drain
from tests.factories.dossiers import AUTHORITY, DESK, Desks
from tests.factories.identity import headers, person
from tests.factories.network import organisation
from tests.factories.pages import check_page

UNIT = "H57.01.P2"
PROCEDURE = "1.001193"
SITE = {"Origin": "http://testserver"}


@pytest.fixture
async def desks(client, clock):
    made = await Desks(client, clock.instant).prepare()
    await organisation(UNIT, kind=Kind.UNIT, parent=AUTHORITY)
    made.unit = await headers(UNIT, Role.SPECIALIST, now=clock.instant)
    return made


async def call(desks, path, by, body=None):
    method = "GET" if body is None else "POST"
    return await desks.client.request(method, f"/api/v1{path}", json=body, headers=by)


async def test_a_step_beyond_its_hours_is_proposed_opened_acted_on_and_closed(desks, clock):
    code = await desks.dossier(procedure=PROCEDURE)
    await desks.states(code, "received")
    clock.advance(timedelta(minutes=30))
    assert (await desks.state(code, "transferred", unit=UNIT)).status_code == 201
    clock.advance(timedelta(hours=1))
    assert (await desks.state(code, "step_done", step="look", by=desks.unit)).status_code == 201
    clock.advance(timedelta(days=3))
    assert (await desks.state(code, "step_done", step="appraisal", by=desks.unit)).status_code == 201
    await desks.states(code, "completed")

    steps = (await call(desks, f"/dossiers/{code}/steps", desks.desk)).json()["steps"]
    first, second, third, _ = steps
    assert (first["party"], first["planned"]["number"], first["exceeded"]) == (DESK, 1, False)
    assert (second["party"], second["planned"]["number"]) == (UNIT, 2)
    assert (second["basis"], second["waiting_s"], second["worked_s"]) == ("unseen", 0, 3600)
    assert (third["party"], third["planned"]) == (UNIT, None)
    assert (await call(desks, f"/dossiers/{code}/steps", desks.clerk)).json()["steps"] == []
    assert (await call(desks, f"/dossiers/{code}/steps", desks.stranger)).status_code == 404

    slow = await desks.dossier(procedure=PROCEDURE)
    await desks.states(slow, "received")
    assert (await desks.state(slow, "transferred", unit=UNIT)).status_code == 201
    clock.advance(timedelta(days=4))
    assert (await desks.state(slow, "step_done", by=desks.unit)).status_code == 201
    await desks.states(slow, "completed")
    assert (await call(desks, "/steps", desks.head)).json()["dossiers"] == 0
    await drain()
    found = (await call(desks, f"/steps?procedure={PROCEDURE}", desks.head)).json()
    assert found["dossiers"] == 2
    assert (await call(desks, "/steps?to=2026-10-01", desks.head)).json()["dossiers"] == 0
    assert (await call(desks, "/steps?from=2026-12-01&to=2026-10-01", desks.head)).status_code == 422
    assert (await call(desks, f"/steps?authority={AUTHORITY}", desks.clerk)).status_code == 403
    paged = (await call(desks, "/steps/exceeded?limit=1", desks.unit)).json()
    assert [(one["dossier"], one["step"]["ordinal"]) for one in paged["items"]] == [(slow, 1)]
    assert [(one["dossier"], one["step"]["ordinal"]) for one in found["proposals"]] == [(slow, 1)]
    assert any(one["party"] == UNIT and one["exceeded"] == 1 and one["n"] == 2 for one in found["sums"])

    opened = await call(desks, "/nonconformities", desks.desk, {"dossier": slow, "span": 1})
    assert opened.status_code == 201, opened.text
    log = opened.json()
    assert (log["origin"], log["cause"], log["owner"], log["hours_allowed"]) == (
        "step",
        "STEP_OVER_TIME",
        UNIT,
        4,
    )
    assert (await call(desks, "/steps", desks.head)).json()["proposals"] == []
    path = f"/nonconformities/{log['code']}"
    for refused, by, body, status, problem in (
        ("/nonconformities", desks.desk, {"dossier": slow, "span": 1}, 409, "nonconformity.open_already"),
        ("/nonconformities", desks.desk, {"dossier": slow, "span": 9}, 422, "nonconformity.step_unknown"),
        ("/nonconformities", desks.desk, {"dossier": slow}, 422, "nonconformity.cause_missing"),
        ("/nonconformities", desks.desk, {"dossier": slow, "cause": "X"}, 422, "nonconformity.cause_unknown"),
        (f"{path}/close", desks.head, {"effective": True}, 409, "nonconformity.no_action"),
        (f"{path}/close", desks.desk, {"effective": True}, 403, "identity.role_needed"),
        (f"{path}/action", desks.stranger, {"cause": "X", "action": "y"}, 404, "nonconformity.not_found"),
    ):
        answer = await call(desks, refused, by, body)
        assert (answer.status_code, answer.json()["code"]) == (status, problem), refused
    assert (await call(desks, f"{path}/assign", desks.unit, {"person": "nv-7"})).status_code == 200
    action = {"cause": "STEP_OVER_TIME", "action": "Thêm người thẩm định vào thứ Hai"}
    acted = (await call(desks, f"{path}/action", desks.unit, action)).json()
    assert (acted["state"], acted["action"], acted["owner_person"]) == ("acted", action["action"], "nv-7")
    told = await call(desks, f"{path}/publication", desks.head, {"decision": "9/QĐ"})
    assert (told.json()["publication"], bool(told.json()["published_by"])) == ("9/QĐ", True)
    closed = (await call(desks, f"{path}/close", desks.head, {"effective": True})).json()
    assert (closed["state"], closed["effective"]) == ("closed", True)
    again = await call(desks, f"{path}/action", desks.unit, action)
    assert (again.status_code, again.json()["code"]) == (409, "nonconformity.closed")
    (listed,) = (await call(desks, "/nonconformities?standing=closed", desks.head)).json()["items"]
    assert listed == closed
    rows = await fetch("SELECT ledger::text AS told FROM ledger WHERE code = $1", log["code"])
    assert len(rows) == 5
    assert not any("thứ Hai" in row["told"] for row in rows)
    assert await fetch_value("SELECT count(*) FROM nonconformity") == 1


async def test_the_page_tells_where_time_goes_and_takes_up_what_took_too_long(desks, client, clock):
    code = await desks.dossier(procedure=PROCEDURE)
    await desks.states(code, "received")
    clock.advance(timedelta(hours=5))
    await desks.states(code, "step_done", "completed")
    await drain()
    await person("LD-2", DESK, Role.AGENCY_HEAD, now=clock.instant, login="ld", password="mật khẩu dài 123")
    sign_in = {"login": "ld", "password": "mật khẩu dài 123"}
    assert (await client.post("/sign-in", data=sign_in, headers=SITE)).status_code == 303
    told = check_page(await client.get("/steps"))
    assert "Tiếp nhận, chuyển hồ sơ" in told
    assert f'value="{code}/0"' in told
    assert "Chưa có hồ sơ" in check_page(await client.get("/steps?from=2026-01&to=2026-02"))
    turned = await client.get("/steps?from=2026-03&to=2026-02")
    assert (turned.status_code, "theo thứ tự" in check_page(turned)) == (422, True)
    nonsense = await client.post("/steps", data={"step": "x"}, headers=SITE)
    assert (nonsense.status_code, "Hãy chọn một bước" in check_page(nonsense)) == (400, True)
    assert (await client.post("/steps", data={"step": f"{code}/0"}, headers=SITE)).status_code == 303
    opened = await fetch_value("SELECT code FROM nonconformity")
    path = f"/nonconformities/{opened}"
    mute = await client.post(path, data={"cause": "STEP_OVER_TIME"}, headers=SITE)
    assert (mute.status_code, "ghi biện pháp" in check_page(mute)) == (400, True)
    for form in ({"cause": "OTHER", "action": "Chia lại việc"}, {"act": "close", "effective": "yes"}):
        assert (await client.post(path, data=form, headers=SITE)).status_code == 303
    told = check_page(await client.get("/steps?lang=en"), "en")
    assert "Chia lại việc" in told
    assert "effective" in told
    late = await client.post(path, data={"act": "close"}, headers=SITE)
    assert (late.status_code, opened in check_page(late, "en")) == (409, True)
