"""Subscriptions over HTTP and on their pages: a secret that is shown once, and nothing of anybody else's."""

import pytest
from msgspec.structs import replace

from integrations.deliveries.service import deliver_due
from integrations.webhooks import service
from postal.identity.rules import Role
from shipments.pieces.rules import s10
from tests.factories.custody import OFFICE, OTHER, network, organisation_key, pieces
from tests.factories.pages import check_page
from tests.factories.receivers import receiver

ITEM = s10("DH", 60_000_001)


@pytest.fixture
async def outside():
    async with receiver() as served:
        yield served


@pytest.fixture
def settings(settings, outside):
    return replace(settings, outgoing=replace(settings.outgoing, trusted=(outside.origin,)))


@pytest.fixture
async def keys(client, clock):
    await network(clock.instant)
    return {code: await organisation_key(code, Role.SYSTEM, now=clock.instant) for code in (OFFICE, OTHER)}


async def test_a_subscription_is_made_changed_rotated_tested_stopped_and_ended(client, keys, clock, outside):
    key, at = keys[OFFICE], "/api/v1/subscriptions"
    filters = {"kinds": ["piece.registered"], "streams": ["record"], "codes": [], "organisations": [OFFICE]}
    asked = {"name": "Một cửa", "url": outside.address, "filters": filters}
    made = (await client.post(at, json=asked, headers=key)).json()
    assert made["secret"].startswith("whsec_")
    assert made["filters"] == filters
    one = f"{at}/{made['id']}"
    read = (await client.get(one, headers=key)).json()
    assert "secret" not in read
    assert read["behind"] == {"rows": 0, "more": False, "since": None}
    assert (await client.get(one, headers=keys[OTHER])).status_code == 404
    assert [each["id"] for each in (await client.get(at, headers=key)).json()["items"]] == [made["id"]]
    assert (await client.get(at, headers=keys[OTHER])).json()["items"] == []
    await pieces(ITEM, now=clock.instant, origin=OFFICE)
    ping = (await client.post(f"{one}/test", headers=key)).json()["message"]
    await service.fan_out(clock.instant)
    await deliver_due(clock.instant)
    assert outside.all_verified([made["secret"]], clock.instant)
    assert {headers["webhook-id"] for headers, _ in outside.taken} >= {ping}
    assert [event["code"] for event in outside.events] == [ITEM]
    log = (await client.get(f"{one}/deliveries", params={"limit": 1}, headers=key)).json()
    [entry] = log["items"]
    assert (entry["state"], entry["attempts"][0]["status"], entry["next_try_at"]) == ("done", 204, None)
    rest = (await client.get(f"{one}/deliveries", params={"cursor": log["next_cursor"]}, headers=key)).json()
    assert {entry["message"]} | {each["message"] for each in rest["items"]} >= {ping}
    rotated = (await client.post(f"{one}/rotate", json={}, headers=key)).json()
    assert rotated["secret"] != made["secret"]
    again = await client.post(f"{one}/replay", json={"since": "2026-11-01T00:00:00+07:00"}, headers=key)
    assert again.status_code == 202, again.text
    stopped = (await client.patch(one, json={"disabled": True, "name": "Tên mới"}, headers=key)).json()
    assert (stopped["state"], stopped["why"], stopped["name"]) == ("disabled", "person", "Tên mới")
    assert (await client.post(f"{one}/test", headers=key)).status_code == 409
    on = await client.post(f"{one}/enable", json={"begin": "stopped"}, headers=key)
    assert on.json()["state"] == "active"
    assert (await client.post(f"{one}/enable", json={"begin": "now"}, headers=key)).status_code == 409
    assert (await client.delete(one, headers=key)).status_code == 204
    assert (await client.get(one, headers=key)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"url": "http://10.0.0.1/"}, "webhook.url"),
        ({"url": "https://169.254.169.254/latest"}, "webhook.url"),
        ({"after": "x"}, "request.cursor"),
        ({"name": " "}, None),
        ({"filters": {"kind": ["x"]}}, None),
    ],
)
async def test_what_cannot_be_called_is_refused(client, keys, asked, code):
    fine = {"name": "A", "url": "https://hooks.example.vn/"}
    answer = await client.post("/api/v1/subscriptions", json={**fine, **asked}, headers=keys[OFFICE])
    assert answer.status_code in {400, 422}, answer.text
    assert code in {None, answer.json()["code"]}


async def test_the_pages_do_what_the_api_does(client, keys, clock, outside):
    key = {**keys[OFFICE], "Accept": "text/html"}
    assert "Chưa có đăng ký nào" in check_page(await client.get("/subscriptions", headers=key))
    check_page(await client.get("/subscriptions/new", headers=key))
    wrong = await client.post("/subscriptions/new", data={"name": "A", "url": "ftp://x"}, headers=key)
    assert wrong.status_code == 422
    assert 'href="#url"' in check_page(wrong)
    typed = {"name": "Một cửa xã", "url": outside.address, "stream": ["scan"], "kinds": "receive deliver"}
    shown = check_page(await client.post("/subscriptions/new", data=typed, headers=key))
    assert "whsec_" in shown
    [one] = (await client.get("/api/v1/subscriptions", headers=key)).json()["items"]
    assert one["filters"]["kinds"] == ["deliver", "receive"]
    at = f"/subscriptions/{one['id']}"
    assert (await client.post(at, data={"act": "test"}, headers=key)).status_code == 303
    await deliver_due(clock.instant)
    page = check_page(await client.get(at, headers=key))
    assert "đã nhận" in page
    assert "whsec_" not in page
    assert "whsec_" in check_page(await client.post(at, data={"act": "rotate"}, headers=key))
    for form in ({"act": "replay"}, {"act": "delete"}, {"act": "?"}, {"act": "enable", "begin": "x"}):
        assert 'role="alert"' in check_page(await client.post(at, data=form, headers=key))
    assert (await client.post(at, data={"act": "disable"}, headers=key)).status_code == 303
    assert "Mở lại" in check_page(await client.get(at, headers=key))
    assert (await client.post(at, data={"act": "enable", "begin": "now"}, headers=key)).status_code == 303
    assert (
        await client.post(at, data={"act": "replay", "since": "2026-11-20T08:00"}, headers=key)
    ).status_code == 303
    assert check_page(await client.get("/subscriptions", headers=key))
    gone = await client.post(at, data={"act": "delete", "sure": "yes"}, headers=key)
    assert gone.headers["location"] == "/subscriptions"
