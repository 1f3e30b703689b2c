"""Administration by forms alone: each deed done, refused with what was typed, hidden from strangers, and noted."""

import re
from datetime import timedelta

import pytest

from postal.db import fetch
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from postal.web.pages import BY_LOGIN
from tests.factories.identity import headers, person
from tests.factories.network import organisation, organisations
from tests.factories.pages import check_page

PAGE = {"Accept": "text/html"}
HERE = {"Origin": "http://testserver", **PAGE}
PASSWORD = "mật khẩu dài 123"


@pytest.fixture
async def house(client, clock):
    """A national operator, a province with an office below it, and an office of others."""
    now = clock.instant
    await organisation("VN", kind=Kind.MINISTRY, level=Level.CENTRAL)
    await organisations("BD-01", level=Level.PROVINCE)
    await organisations("BC-01", "BC-02", parent="BD-01")
    await organisations("BC-99")
    client.by = {
        "nation": await headers("VN", Role.ADMIN, now=now),
        "province": await headers("BD-01", Role.ADMIN, now=now),
        "office": await headers("BC-01", Role.SUPERVISOR, now=now),
        "stranger": await headers("BC-99", Role.ADMIN, Role.SUPERVISOR, now=now),
        "clerk": await headers("BC-01", Role.CLERK, now=now),
    }
    return client


async def read(house, by, path, status=200):
    answer = await house.get(path, headers={**house.by[by], **PAGE})
    assert answer.status_code == status, answer.text[-1500:]
    return check_page(answer)


async def send(house, by, path, status=303, **fields):
    answer = await house.post(path, data=fields, headers={**house.by[by], **HERE})
    assert answer.status_code == status, answer.text[-1500:]
    return answer if status == 303 else check_page(answer)


async def noted():
    return [tuple(row) for row in await fetch("SELECT action, subject FROM audit ORDER BY id")]


async def test_organisations_are_added_renamed_and_ended_by_who_governs_them(house):
    assert "BC-01" in await read(house, "province", "/admin/organisations")
    assert "BC-99" not in await read(house, "province", "/admin/organisations")
    assert "BC-99" in await read(house, "nation", "/admin/organisations?q=bc-99")
    wanted = {"name": "Bưu cục Ông Ích <b>", "kind": "post_office", "level": "commune", "parent": "BD-01"}
    wanted |= {"calendar": "VN-HC", "valid_from": "2026-11-23"}
    await read(house, "province", "/admin/new-organisation")
    bad = await send(house, "province", "/admin/new-organisation", 400, code="bc 3", **wanted)
    assert '<a href="#code">Mã: chưa ghi hoặc ghi không đúng</a>' in bad
    assert "Bưu cục Ông Ích &lt;b&gt;" in bad
    taken = await send(house, "province", "/admin/new-organisation", 409, code="BC-99", **wanted)
    assert 'href="#code"' in taken
    foreign = {**wanted, "parent": "BC-99"}
    assert "Không có đơn vị" in await send(
        house, "province", "/admin/new-organisation", 404, code="BC-03", **foreign
    )
    await send(house, "province", "/admin/new-organisation", code="BC-03", **wanted)
    path = "/admin/organisations/BC-03"
    shown = await read(house, "province", path)
    assert "Bưu cục Ông Ích &lt;b&gt;" in shown
    await send(house, "province", f"{path}/change", 400, name="", calendar="VN-HC")
    await send(house, "province", f"{path}/change", 400, name="Bưu cục Ân", calendar="XX-NO")
    await send(
        house, "province", f"{path}/change", name="Bưu cục Ân", calendar="VN-HC", address_public="1 Lê Lợi"
    )
    assert "Bưu cục Ân" in await read(house, "nation", "/admin/organisations?q=buu+cuc+an")
    await read(house, "province", f"{path}/end")
    refused = await send(house, "province", f"{path}/end", 422, valid_to="2026-12-01", successor="BC-404")
    assert 'value="BC-404"' in refused
    await send(house, "province", f"{path}/end", valid_to="01/12/2026", successor="BC-02")
    assert "BC-02" in await read(house, "province", path)
    for way in (path, f"{path}/end"):
        await read(house, "stranger", way, 404)
    await send(house, "stranger", f"{path}/change", 404, name="Khác", calendar="VN-HC")
    await send(house, "stranger", f"{path}/end", 404, valid_to="2026-12-01")
    assert (await house.get("/admin/organisations", headers=house.by["office"])).status_code == 403
    deeds = ("organisation.created", "organisation.changed", "organisation.closed")
    assert [(action, subject) for action, subject in await noted() if action in deeds] == [
        (deed, "BC-03") for deed in deeds
    ]


async def test_people_get_a_password_for_three_days_roles_by_dates_and_a_way_in_again(house, clock):
    await read(house, "office", "/admin/new-person")
    wanted = {"code": "nv-7", "name": "Đặng Thị Ơn", "login": "on.dt", "organisation": "BC-01"}
    beyond = await send(house, "office", "/admin/new-person", 403, role="admin", **wanted)
    assert "Đặng Thị Ơn" in beyond
    foreign = {**wanted, "organisation": "BC-02"}
    await send(house, "office", "/admin/new-person", 404, role="clerk", **foreign)
    shown = await send(house, "office", "/admin/new-person", 200, role="clerk", **wanted)
    [password] = re.findall(r'id="secret">([^<]+)<', shown)
    assert password not in await read(house, "office", "/admin/people/nv-7")
    house.cookies.clear()
    signed = await house.post("/sign-in", data={"login": "on.dt", "password": password}, headers=HERE)
    assert signed.status_code == 303
    assert "Mật khẩu tạm" in check_page(await house.get("/home"))
    own = check_page(await house.get("/account/password"))
    assert "chỉ dùng được đến 08:00, 26/11/2026" in own
    wrong = await house.post("/account/password", data={"current": "x", "password": PASSWORD}, headers=HERE)
    assert (wrong.status_code, 'href="#current"' in check_page(wrong)) == (403, True)
    done = await house.post(
        "/account/password", data={"current": password, "password": PASSWORD}, headers=HERE
    )
    assert "Mọi phiên đăng nhập đã kết thúc" in check_page(done)
    house.cookies.clear()
    path = "/admin/people/nv-7"
    await send(
        house, "office", f"{path}/assignments", 400, role="sorter", organisation="BC-01", valid_from="32/1/26"
    )
    role = {"role": "sorter", "organisation": "BC-01"}
    await send(
        house, "office", f"{path}/assignments", 422, **role, valid_from="2026-12-02", valid_to="2026-12-01"
    )
    await send(house, "office", f"{path}/assignments", **role, valid_from="2026-12-01", valid_to="2026-12-31")
    shown = await read(house, "office", path)
    assert "00:00, 01/12/2026" in shown
    assert "00:00, 01/01/2027" in shown
    ending = re.findall(r'href="(/admin/people/nv-7/assignments/[^"]+/end)"', shown)
    assert len(ending) == 2
    await read(house, "office", ending[0])
    at_once = await send(house, "office", ending[0], 422)
    assert '<a href="#form">Thời điểm kết thúc phải sau thời điểm bắt đầu</a>' in at_once
    clock.advance(timedelta(minutes=5))
    await send(house, "office", ending[0])
    assert "Đã kết thúc" in await read(house, "office", path)
    again = await send(house, "office", ending[0], 409)
    assert "đã kết thúc" in again
    await send(house, "office", f"{path}/unlock")
    await read(house, "office", f"{path}/password")
    shown = await send(house, "office", f"{path}/password", 200)
    [password] = re.findall(r'id="secret">([^<]+)<', shown)
    clock.advance(timedelta(days=30))
    late = await house.post("/sign-in", data={"login": "on.dt", "password": password}, headers=HERE)
    assert late.status_code == 401
    for way in (path, f"{path}/password", ending[1]):
        await read(house, "stranger", way, 404)
    for way in (f"{path}/assignments", f"{path}/password", f"{path}/unlock", ending[1]):
        await send(house, "stranger", way, 404)
    assert (await house.get("/admin/people", headers=house.by["clerk"])).status_code == 403
    assert "nv-7" not in await read(house, "stranger", "/admin/people?organisation=BC-01")
    assert "nv-7" in await read(house, "province", "/admin/people?organisation=BC-01&code=nv-7")
    actions = [action for action, subject in await noted() if subject == "nv-7"]
    assert actions == [
        "assignment.added", "person.registered", "session.opened", "password.changed", "assignment.added",
        "assignment.ended", "person.unlocked", "password.changed",
    ]  # fmt: skip


async def test_too_many_wrong_attempts_are_forgotten_by_who_governs_the_person(house, clock):
    await person("nv-8", "BC-01", now=clock.instant, login="tam", password=PASSWORD)
    limiter = house._transport.app.state["limiter"]
    for _ in range(BY_LOGIN.count):
        assert await limiter.spend(BY_LOGIN, "tam") is None
    tried = {"data": {"login": "tam", "password": PASSWORD}, "headers": HERE}
    assert (await house.post("/sign-in", **tried)).status_code == 429
    await send(house, "office", "/admin/people/nv-8/unlock")
    assert (await house.post("/sign-in", **tried)).status_code == 303


async def test_devices_are_invited_by_a_code_shown_once_and_revoked_for_good(house):
    await read(house, "office", "/admin/new-device")
    await send(house, "office", "/admin/new-device", 400, code="một", organisation="BC-01")
    await send(house, "office", "/admin/new-device", 404, code="hy-1", organisation="BC-02")
    await send(house, "office", "/admin/new-device", code="hy-1", organisation="BC-01")
    path = "/admin/devices/hy-1"
    assert "Chưa đăng ký" in await read(house, "office", path)
    shown = await send(house, "office", f"{path}/invite", 200)
    [code] = re.findall(r'id="enrolment-code">([^<]+)<', shown)
    assert "<svg" in shown
    assert "08:15, 23/11/2026" in shown
    enrolled = await house.post("/api/v1/enrolments", json={"code": code})
    assert enrolled.json()["device"] == "hy-1"
    assert "Đang dùng" in await read(house, "office", "/admin/devices")
    await read(house, "office", f"{path}/revoke")
    await send(house, "office", f"{path}/revoke")
    assert "Đã thu hồi" in await read(house, "office", path)
    assert 'role="alert"' in await send(house, "office", f"{path}/invite", 409)
    for way in (path, f"{path}/revoke"):
        await read(house, "stranger", way, 404)
    for way in (f"{path}/invite", f"{path}/revoke"):
        await send(house, "stranger", way, 404)
    assert [action for action, subject in await noted() if subject == "hy-1"] == [
        "device.registered", "device.invited", "device.enrolled", "device.revoked",
    ]  # fmt: skip


async def test_keys_are_shown_once_and_ended(house):
    await read(house, "province", "/admin/new-key")
    wanted = {"organisation": "BC-01", "label": "Phần mềm xã"}
    await send(house, "province", "/admin/new-key", 400, **wanted)
    await send(house, "province", "/admin/new-key", 422, **wanted, role="clerk", expires_on="2020-01-01")
    kept = await send(house, "province", "/admin/new-key", 403, **wanted, role=["clerk", "control"])
    assert "Phần mềm xã" in kept
    shown = await send(house, "province", "/admin/new-key", 200, **wanted, role=["clerk", "desk"])
    [secret] = re.findall(r'id="secret">([^<]+)<', shown)
    me = await house.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert me.json()["roles"] == ["clerk", "desk"]
    path = f"/admin/keys/{secret[:13]}"
    for where in (path, "/admin/keys"):
        shown = await read(house, "province", where)
        assert "08:00, 23/11/2026" in shown
        assert secret not in shown
    await read(house, "province", f"{path}/revoke")
    await send(house, "province", f"{path}/revoke")
    assert (await house.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})).status_code == 401
    for way in (path, f"{path}/revoke"):
        await read(house, "stranger", way, 404)
    await send(house, "stranger", f"{path}/revoke", 404)
    assert (await house.get("/admin/keys", headers=house.by["office"])).status_code == 403
    assert [action for action, subject in await noted() if subject == secret[:13]] == [
        "key.created",
        "key.revoked",
    ]


async def test_the_first_page_offers_what_the_role_may_do(house):
    assert "/admin/keys" in await read(house, "province", "/admin")
    assert "/admin/keys" not in await read(house, "office", "/admin")
    english = await house.get("/admin?lang=en", headers=house.by["office"])
    assert "Administration" in check_page(english, "en")
    assert (await house.get("/admin", headers=house.by["clerk"])).status_code == 403
