"""The desk's pages: what waits, a draft with what is left off, and its handing over; all without JavaScript."""

import re
from datetime import timedelta

import pytest

from manifests.planning.repository import count_waiting, waiting_at
from postal.identity.rules import Role
from postal.network.rules import Kind
from tests.factories.identity import person
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered
from tests.factories.network import organisation
from tests.factories.pages import check_page

A, B, C = (item(number) for number in range(1, 4))
SITE = {"Origin": "http://testserver"}


@pytest.fixture
async def desk(client, clock):
    await organisation(RECEIVER, kind=Kind.DESK)
    await registered(A, B, C, now=clock.instant)
    clock.advance(timedelta(minutes=1))
    await signed_in(client, clock, GIVER)
    return client


async def signed_in(client, clock, organisation_code, role=Role.CLERK):
    login = organisation_code.lower()
    await person(
        f"NV-{login}", organisation_code, role, now=clock.instant, login=login, password="mật khẩu dài 123"
    )
    answer = await client.post(
        "/sign-in", data={"login": login, "password": "mật khẩu dài 123"}, headers=SITE
    )
    assert answer.status_code == 303, answer.text


async def drafted(desk, **form):
    answer = await desk.post("/manifests/waiting/plan", data=form, headers=SITE)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_from_what_waits_to_a_handed_over_manifest(desk):
    assert "/manifests/waiting" in (await desk.get("/home")).text
    assert await needs(desk) == {"/manifests/waiting": "3", "/home#custody-held": "3"}
    assert await count_waiting(GIVER, 2) == 2
    waits = await desk.get("/manifests/waiting")
    assert all(code in waits.text for code in (A, B, C, RECEIVER, "Lập bảng kê"))
    check_page(waits)
    place = await drafted(desk, receiver=RECEIVER, cut_off="2026-11-23T16:30", items="2", route="T-1")
    draft = await desk.get(place)
    assert (A in draft.text, B in draft.text, C in draft.text) == (True, True, False)
    check_page(draft)
    gone = await desk.post(place, data={"except": [B], f"reason-{B}": "NOT_AT_HAND"}, headers=SITE)
    assert gone.status_code == 303, gone.text
    after = await desk.get(gone.headers["location"])
    assert "Không tìm thấy tại quầy" in after.text
    assert "manifest.pdf" in after.text
    check_page(after)
    waits = await desk.get("/manifests/waiting")
    assert (A in waits.text, B in waits.text, C in waits.text) == (False, True, True)
    assert (await needs(desk))["/manifests/waiting"] == "2"
    assert await count_waiting(GIVER, 100) == len(await waiting_at(GIVER, 100))


async def test_the_start_page_counts_manifests_to_receive_for_their_receiver_alone(desk, clock):
    place = await drafted(desk, receiver=RECEIVER)
    await desk.post(place, headers=SITE)
    assert "/manifests" not in await needs(desk)
    desk.cookies.clear()
    await signed_in(desk, clock, RECEIVER, Role.DESK)
    assert (await needs(desk))["/manifests"] == "1"


async def needs(client):
    """Read the numbers that stand above all sections of the start page, by what they lead to."""
    page = check_page(await client.get("/home"))
    return {
        found["address"]: found["number"]
        for found in re.finditer(
            r'<a class="tile[^"]*" href="(?P<address>[^"]+)"><strong>(?P<number>[^<]+)</strong>', page
        )
    }


async def test_english_is_there_too(desk):
    assert "Make manifests" in (await desk.get("/manifests/waiting?lang=en")).text


async def test_what_cannot_be_is_said_on_the_page(desk):
    for form, said in (
        ({"items": "many"}, "Sức chứa của xe là một số"),
        ({"cut_off": "tomorrow"}, "Giờ xe chạy không đúng"),
        ({"items": "0"}, "Không có gì để lập bảng kê"),
        ({"receiver": "NOBODY"}, "Không có đơn vị NOBODY"),
    ):
        answer = await desk.post("/manifests/waiting/plan", data=form, headers=SITE)
        assert answer.status_code in {400, 409, 422}
        assert said in answer.text
        check_page(answer)
    place = await drafted(desk)
    wrong = await desk.post(place, data={"except": [A, B, C], "reason": "NO_ROOM"}, headers=SITE)
    assert wrong.status_code == 409
    assert "Không còn dòng nào sau khi trừ" in wrong.text
    assert f'value="{A}" checked' in wrong.text


async def test_another_site_cannot_send_the_form_and_a_stranger_sees_no_draft(client, desk, clock):
    place = await drafted(desk)
    forged = await desk.post(place, headers={"Origin": "http://evil.example"})
    assert (forged.status_code, forged.json()["code"]) == (403, "request.cross_site")
    await organisation(STRANGER, kind=Kind.DESK)
    stranger = await party(client, STRANGER, now=clock.instant)
    for method in ("GET", "POST"):
        answer = await client.request(
            method, place, headers={**stranger.headers, "Accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "manifest.not_found")
