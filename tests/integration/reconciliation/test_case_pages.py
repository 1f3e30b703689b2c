"""The pages of cases and the closing of a manifest: worked by forms alone, without JavaScript, for parties alone."""

from datetime import timedelta

import pytest

from postal.identity.rules import Role
from tests.factories.identity import device, person
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations

A, B, C = (item(number) for number in range(1, 4))
PASSWORD = "mật khẩu dài 123"
HERE = {"Origin": "http://testserver"}


class Browser:
    """A signed-in person at a browser."""

    def __init__(self, client):
        self.client = client

    async def sign_in(self, clock, organisation, role):
        login = f"{organisation}-{role}".lower()
        await person(f"NV-{login}", organisation, role, now=clock.instant, login=login, password=PASSWORD)
        await self.sign_in_again(organisation, role)

    async def sign_in_again(self, organisation, role):
        login = f"{organisation}-{role}".lower()
        self.client.cookies.clear()
        answer = await self.client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=HERE)
        assert answer.status_code == 303, answer.text

    async def read(self, path, **query):
        answer = await self.client.get(path, params=query)
        return answer.text

    async def send(self, path, **fields):
        return await self.client.post(path, data=fields, headers=HERE)


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, now=clock.instant)
    await registered(C, now=clock.instant, to=STRANGER)
    await organisations(STRANGER)
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def browser(client, giver):
    return Browser(client)


@pytest.fixture
async def manifest(giver, clock):
    code = await giver.sealed(A, B)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(
        scan(1, "offer", B, GIVER, minute=5, manifest=code, seal={"number": "NP-71", "state": "intact"}),
        scan(2, "receive", A, minute=30, manifest=code),
    )
    return code


async def test_the_receiver_closes_on_the_page_and_sees_who_owns_what_is_left(browser, clock, manifest):
    await browser.sign_in(clock, RECEIVER, Role.DESK)
    before = await browser.read(f"/manifests/{manifest}")
    assert "Chốt bây giờ sẽ mở 1 vụ việc" in before
    closed = await browser.send(f"/manifests/{manifest}/close")
    assert (closed.status_code, closed.headers["location"]) == (303, f"/manifests/{manifest}")
    after = await browser.read(f"/manifests/{manifest}")
    assert "Còn mở 1 vụ việc" in after
    assert 'href="/discrepancies/' in after
    again = await browser.send(f"/manifests/{manifest}/close")
    assert again.status_code == 409
    assert 'role="alert"' in again.text


async def test_a_closing_that_waits_for_a_device_says_which_and_until_when(browser, clock, manifest):
    await device("hy-7", RECEIVER, now=clock.instant - timedelta(days=30))
    await browser.sign_in(clock, RECEIVER, Role.DESK)
    shown = await browser.read(f"/manifests/{manifest}")
    assert f"Máy quét hy-7 của {RECEIVER} chưa từng liên lạc; chờ đến 08:30, 26/11/2026" in shown
    assert "Chưa chốt được: còn" in shown
    refused = await browser.send(f"/manifests/{manifest}/close")
    assert refused.status_code == 409
    assert "Còn máy quét chưa đồng bộ" in refused.text
    assert "Device hy-7 of" in await browser.read(f"/manifests/{manifest}", lang="en")


async def test_a_supervisor_works_a_case_by_forms(browser, client, clock, manifest):
    await browser.sign_in(clock, RECEIVER, Role.DESK)
    await browser.send(f"/manifests/{manifest}/close")
    await browser.sign_in(clock, GIVER, Role.SUPERVISOR)
    [case] = (await (await party(client, GIVER, now=clock.instant)).get("/discrepancies")).json()["items"]
    path = f"/discrepancies/{case['id']}"
    for listed in ("/discrepancies", "/home"):
        assert path in await browser.read(listed)
    shown = await browser.read(path)
    for text in ("Chứng cứ hai bên", "NP-71", "Bên giao", "Không có lượt quét nào", "Mất hẳn"):
        assert text in shown
    refused = await browser.send(f"{path}/resolve", resolution="recording_error")
    assert refused.status_code == 422
    assert "còn thiếu: lời giải trình" in refused.text
    assert (
        await browser.send(f"{path}/assign", person=f"NV-{GIVER}-supervisor".lower().replace("nv-", "NV-"))
    ).status_code == 303
    assert path in await browser.read("/discrepancies", whose="mine")
    assert (await browser.send(f"{path}/evidence", note="Xem camera <b>", seal="NP-71")).status_code == 303
    assert (await browser.send(f"{path}/evidence", seal="số bảy")).status_code == 400
    assert "Xem camera &lt;b&gt;" in await browser.read(path)
    clock.advance(timedelta(days=6))
    await browser.sign_in_again(GIVER, Role.SUPERVISOR)
    assert "Quá hạn" in await browser.read("/discrepancies", whose="overdue")
    assert (await browser.send(f"{path}/resolve", resolution="lost", note="Hết cách tìm")).status_code == 303
    assert "Mất hẳn" in await browser.read(path)
    assert path in await browser.read("/discrepancies", whose="resolved")
    assert path not in await browser.read("/discrepancies")
    assert "Resolved" in await browser.read(path, lang="en")


async def test_a_swap_is_proposed_with_one_button(browser, giver, clock, manifest):
    other = await giver.sealed(C, receiver=STRANGER)
    await giver.post(f"/manifests/{other}/dispatch")
    await scanned(scan(3, "receive", B, STRANGER, minute=121, manifest=other, received=121))
    clock.advance(timedelta(hours=1))
    for code, desk in ((other, STRANGER), (manifest, RECEIVER)):
        await browser.sign_in(clock, desk, Role.DESK)
        assert (await browser.send(f"/manifests/{code}/close")).status_code == 303
    half = await browser.read("/discrepancies")
    assert other not in half
    assert "Có vụ việc của đơn vị khác" in half
    await browser.sign_in(clock, GIVER, Role.SUPERVISOR)
    shown = await browser.read("/discrepancies")
    assert "Giải quyết cùng lúc (2 vụ việc)" in shown
    [swap] = (await giver.get("/discrepancies/swaps")).json()
    assert (await browser.send(f"/discrepancies/{swap['id']}/swap")).status_code == 303
    assert "Hoán đổi giữa hai bảng kê" in await browser.read(f"/discrepancies/{swap['id']}")


async def test_who_scanned_is_told_to_the_same_organisation_alone(client, giver, clock, manifest):
    desk = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    taken = scan(9, "receive", B, minute=40, manifest=manifest, condition="damaged")
    await scanned(taken)
    await desk.post(f"/manifests/{manifest}/close")
    [case] = (await giver.get("/discrepancies")).json()["items"]
    told = (await giver.get(f"/discrepancies/{case['id']}/case")).json()
    assert [one["seal"] for one in told["by_giver"]] == ["NP-71"]
    assert [(one["row"], one["condition"]) for one in told["by_receiver"]] == [
        (str(taken.content.id), "damaged")
    ]
    assert [one["kind"] for one in told["history"]] == ["opened"]
    assert told["line"]["evidence"]["changed_by"] == str(taken.content.id)


async def test_others_find_no_case(browser, client, clock, manifest):
    await browser.sign_in(clock, RECEIVER, Role.DESK)
    await browser.send(f"/manifests/{manifest}/close")
    [case] = (await (await party(client, GIVER, now=clock.instant)).get("/discrepancies")).json()["items"]
    await browser.sign_in(clock, STRANGER, Role.SUPERVISOR)
    assert (await client.get(f"/discrepancies/{case['id']}")).status_code == 404
    assert case["id"] not in await browser.read("/discrepancies")
    for form in ("resolve", "assign", "evidence", "swap"):
        assert (await browser.send(f"/discrepancies/{case['id']}/{form}")).status_code == 404
