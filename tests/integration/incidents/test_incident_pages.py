"""The supervisor's pages of incidents: readable and usable without JavaScript, for those who see the piece."""

import pytest

from postal.identity.rules import Role
from tests.factories.identity import person
from tests.factories.incidents import a_claim, parties
from tests.factories.manifests import GIVER, item
from tests.factories.pages import check_page

A = item(1)
SITE = {"Origin": "http://testserver"}


@pytest.fixture
async def opened(client, clock):
    people = await parties(client, clock, A)
    assert (await people[0].post("/incidents", {"piece": A})).status_code == 201
    assert (await people[0].post("/claims", a_claim(A))).status_code == 201
    await person("KS-1", GIVER, Role.SUPERVISOR, now=clock.instant, login="ks", password="mật khẩu dài 123")
    answer = await client.post("/sign-in", data={"login": "ks", "password": "mật khẩu dài 123"}, headers=SITE)
    assert answer.status_code == 303
    return people


async def test_a_supervisor_settles_a_case_from_its_page(client, opened):
    assert A in check_page(await client.get("/home"))
    assert A in check_page(await client.get("/incidents"))
    case = check_page(await client.get(f"/incidents/{A}"))
    for text in ("Người giữ cuối cùng", GIVER, "120.000 đ", "NĐ 47/2011", "KN-261123-", "chờ trả lời"):
        assert text in case
    steps = (
        {"act": "reissue", "paper": "1", "state": "delivered", "sum": "45.000"},
        {"act": "liability"},
        {"act": "payment", "sum": "165000"},
        {"act": "close", "outcome": "INCIDENT_COMPENSATED"},
    )
    for form in steps:
        done = await client.post(f"/incidents/{A}", data=form, headers=SITE)
        assert done.status_code == 303, (form, done.text)
        case = check_page(await client.get(f"/incidents/{A}"))
    assert "Đã bồi thường" in case
    assert "165.000 đ" in case
    assert "Compensated" in check_page(await client.get(f"/incidents/{A}?lang=en"), "en")


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({}, 422, "Hãy chọn việc cần làm"),
        ({"act": "reissue", "paper": "không", "state": "issued"}, 400, "Số thứ tự giấy tờ"),
        ({"act": "payment", "sum": "mười"}, 400, "Số tiền ghi bằng đồng"),
        ({"act": "payment", "sum": "5"}, 409, "Chưa có văn bản"),
        ({"act": "close", "outcome": "X"}, 422, "Không có mã kết quả X"),
    ],
)
async def test_what_cannot_be_is_said_on_the_page(client, opened, form, status, said):
    answer = await client.post(f"/incidents/{A}", data=form, headers=SITE)
    assert answer.status_code == status
    assert said in check_page(answer)


async def test_a_stranger_finds_no_page(client, opened):
    _, _, stranger = opened
    client.cookies.clear()
    for method in ("GET", "POST"):
        answer = await client.request(
            method, f"/incidents/{A}", headers={**stranger.headers, "Accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "incident.not_found")
