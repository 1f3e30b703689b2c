"""The link on a posting slip: printed as QR and text, kept as a hash, opened by its holder, shut when it is lost."""

from datetime import timedelta

import pytest

from postal.db import fetch
from postal.identity.rules import Role
from tests.factories.documents import document, read, text_of
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks, by_code_alone
from tests.factories.identity import headers
from tests.factories.pages import check_page
from tests.factories.pieces import scan

CANARIES = ("Hằng", "0912", "345 678", "Lê Lợi", "046090001234", "Thủ tục thử", "9.000001")
PARTIES = (DESK, AUTHORITY, OFFICE)


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def slip(desks, item, by=None):
    """Print the slip and give the addresses that its QR codes say, and its text."""
    pdf = await document(desks.client, f"/items/{item}/consignment.pdf", by or desks.clerk)
    return [code for code in read(pdf).zxing.squares if "/t/l/" in code], text_of(pdf)


async def packed(desks, *codes):
    made = await desks.client.post(
        "/api/v1/items", json={"destination": DESK, "pieces": list(codes)}, headers=desks.clerk
    )
    return made.json()["code"]


async def test_the_slip_opens_the_personal_view_until_it_is_lost(desks, clock):
    await by_code_alone(AUTHORITY, allowed=False, since=clock.instant.date())
    code = await desks.dossier()
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    item = await packed(desks, code)
    (address,), text = await slip(desks, item)
    token = address.rsplit("/", 1)[1]
    assert len(token) == 26
    assert token in "".join(text.split())
    assert (await slip(desks, item))[0] == [address], "a slip printed again says the same"
    stored = await fetch("SELECT track_link::text AS row FROM track_link")
    assert len(stored) == 1
    assert token not in stored[0]["row"]
    courierless = await headers(OFFICE, Role.SORTER, now=clock.instant)
    assert (await slip(desks, item, by=courierless))[0] == [], "who may not know the person gets no link"

    assert (await desks.client.get(f"/t/{code}")).status_code == 404
    path = address.removeprefix("http://testserver")
    shown = await desks.client.get(path)
    page = check_page(shown)
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in shown.headers["x-robots-tag"]
    assert shown.headers["cache-control"] == "no-store"
    assert "<script" not in page
    assert "set-cookie" not in shown.headers
    for canary in CANARIES:
        assert canary not in page.replace(code, ""), canary
    assert "N••••• T•• H•••" in page
    assert (await desks.client.get(f"/t/l/{token[:13].upper()}-{token[13:]}")).status_code == 200

    shut = await desks.client.post(f"/api/v1/dossiers/{code}/track-link/revoke", headers=desks.clerk)
    assert shut.json() == {"links": 1}
    gone, unknown, nonsense = [
        await desks.client.get(f"/t/l/{each}") for each in (token, "a" * 26, "not-a-token")
    ]
    assert gone.status_code == 404
    assert (
        gone.text.replace(token, "")
        == unknown.text.replace("a" * 26, "")
        == nonsense.text.replace("not-a-token", "")
    )
    (fresh,), _ = await slip(desks, item)
    assert fresh != address
    assert (await desks.client.get(fresh.removeprefix("http://testserver"))).status_code == 200


async def test_the_holder_of_the_slip_asks_for_its_data_and_erasure_shuts_the_link(desks, clock):
    code = await desks.dossier()
    (address,), _ = await slip(desks, await packed(desks, code))
    path = address.removeprefix("http://testserver")
    taken = await desks.client.post(f"{path}/data", data={"kind": "erasure"})
    page = check_page(taken)
    number = page.split('<strong class="code">')[1].split("<")[0]
    assert number.startswith("DL-")
    again = await desks.client.post(f"{path}/data", data={"kind": "erasure"})
    assert again.status_code == 409
    assert number in again.text
    assert (await desks.client.post(f"{path}/data", data={"kind": "x"})).status_code == 422
    assert (await desks.client.post(f"/t/l/{'b' * 26}/data", data={"kind": "erasure"})).status_code == 404
    supervisor = await headers(OFFICE, Role.SUPERVISOR, now=clock.instant)
    listed = (await desks.client.get("/api/v1/privacy-requests", headers=supervisor)).json()
    assert [one["code"] for one in listed["items"]] == [number]
    asked = f"/api/v1/privacy-requests/{number}"
    await desks.client.post(f"{asked}/verify", json={"identity": "cccd"}, headers=supervisor)
    erased = await desks.client.post(f"{asked}/erase", json={"partly": True}, headers=supervisor)
    assert erased.json()["erased"]["track_links"] == 1
    assert (await desks.client.get(path)).status_code == 404


async def test_a_failed_delivery_says_from_when_the_courier_comes_again(desks, clock):
    code = await desks.dossier()
    (address,), _ = await slip(desks, await packed(desks, code))
    await desks.states(code, "received", "step_done", "completed")
    result = f"{code}-KQ"
    await scan("receive", result, OFFICE, clock.advance(timedelta(hours=1)), counterparty=DESK)
    await scan("out_for_delivery", result, OFFICE, clock.advance(timedelta(minutes=10)))
    await scan("attempt_failed", result, OFFICE, clock.advance(timedelta(minutes=30)), reason="ABSENT")
    page = (await desks.client.get(address.removeprefix("http://testserver"))).text
    assert "Bưu tá sẽ phát lại từ ngày" in page
    assert "Phát chưa thành công" in page


async def test_an_agency_decides_on_its_codes_from_a_day_on(desks, clock):
    code = await desks.dossier()
    item = await packed(desks, code)
    assert (await desks.client.get(f"/api/v1/track/{code}")).status_code == 200
    today = clock.instant.date().isoformat()
    said = {"by_dossier_code": False, "valid_from": today, "decision": "2/QĐ"}
    assert (
        await desks.client.post("/api/v1/tracking-settings", json=said, headers=desks.clerk)
    ).status_code == 403
    assert (
        await desks.client.post("/api/v1/tracking-settings", json=said, headers=desks.head)
    ).status_code == 200
    off = await desks.client.get(f"/api/v1/track/{code}")
    unknown = await desks.client.get("/api/v1/track/H57.01-20261123-0000000")
    assert off.status_code == unknown.status_code == 404
    assert {**off.json(), "instance": ""} == {**unknown.json(), "instance": ""}
    page, other = [await desks.client.get(f"/t/{each}") for each in (code, "H57.01-20261123-0000000")]
    assert page.text.replace(code, "") == other.text.replace("H57.01-20261123-0000000", "")
    assert (await desks.client.get(f"/api/v1/track/{code}-KQ")).status_code == 404
    assert (await desks.client.get(f"/api/v1/track/{item}")).status_code == 200
    assert (await desks.client.post(f"/t/{code}", data={"last4": "5678"})).status_code == 200
    past = {**said, "valid_from": "2026-01-01"}
    assert (
        await desks.client.post("/api/v1/tracking-settings", json=past, headers=desks.head)
    ).status_code == 422
    listed = (await desks.client.get("/api/v1/tracking-settings", headers=desks.head)).json()
    assert [(one["by_dossier_code"], one["decision"]) for one in listed] == [(False, "2/QĐ"), (True, "1/QĐ")]
