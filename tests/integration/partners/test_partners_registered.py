"""Partners: whose they are, what is shown of their secrets, and the pages and commands of their registry."""

from datetime import timedelta

from integrations.partners import service
from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from tests.factories.dossiers import DESK, OFFICE
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page
from tests.factories.partners import message, partner

GIVEN = {"code": "mot-cua", "kind": "agency", "organisation": DESK, "name": "Một cửa Huế"}


def code_of(answer):
    return answer.status_code, answer.json()["code"]


async def test_a_partner_is_registered_by_who_governs_its_organisation_and_its_secrets_are_shown_once(
    client, clock
):
    await organisation(DESK)
    governs = await headers(DESK, Role.ADMIN, now=clock.instant)
    elsewhere = await headers(OFFICE, Role.ADMIN, now=clock.instant)
    assert code_of(await client.post("/api/v1/partners", json=GIVEN, headers=elsewhere)) == (
        404,
        "network.organisation_not_found",
    )
    made = await client.post("/api/v1/partners", json=GIVEN, headers=governs)
    assert made.status_code == 201, made.text
    secrets = [made.json()["inbound_secret"], made.json()["outbound_secret"]]
    assert all(each.startswith("whsec_") and len(each) == 50 for each in secrets)
    assert len(set(secrets)) == 2
    assert code_of(await client.post("/api/v1/partners", json=GIVEN, headers=governs)) == (
        409,
        "partner.exists",
    )
    read = await client.get("/api/v1/partners/mot-cua", headers=governs)
    assert not any(each in read.text for each in secrets)
    kept = b"".join(row["sealed"] for row in await fetch("SELECT sealed FROM partner_secret"))
    assert not any(each.encode() in kept for each in secrets)
    assert (await client.get("/api/v1/partners/mot-cua", headers=elsewhere)).status_code == 404
    assert (await client.get("/api/v1/partners", headers=elsewhere)).json()["items"] == []
    found = await service.find("mot-cua")
    assert [await service.outbound_secret(found, clock.instant)] == secrets[1:]
    acts = await service.actor_of(found, clock.instant)
    assert (acts.organisation, acts.roles, acts.sees) == (DESK, {Role.SYSTEM}, {DESK})
    for wrong in ("http://a.vn/", "https://10.0.0.1/", "https://localhost/", "https://2130706433/"):
        changed = await client.patch("/api/v1/partners/mot-cua", json={"url": wrong}, headers=governs)
        assert code_of(changed) == (422, "partner.url"), wrong
    await client.patch("/api/v1/partners/mot-cua", json={"url": "https://mc.hue.vn/in"}, headers=governs)
    assert (await service.find("mot-cua")).url == "https://mc.hue.vn/in"
    unsaid = await client.patch("/api/v1/partners/mot-cua", json={"state": "paused"}, headers=governs)
    assert code_of(unsaid) == (422, "partner.why")
    late = (clock.instant + timedelta(days=31)).isoformat()
    order = {"direction": "outbound", "old_until": late}
    far = await client.post("/api/v1/partners/mot-cua/secrets", json=order, headers=governs)
    assert code_of(far) == (422, "partner.overlap")
    order = {"direction": "outbound"}
    new = (await client.post("/api/v1/partners/mot-cua/secrets", json=order, headers=governs)).json()
    assert new["inbound_secret"] is None
    both = await service.outbound_secrets(found, clock.instant)
    assert both == (new["outbound_secret"], secrets[1])
    assert await service.outbound_secrets(found, clock.instant + timedelta(days=1)) == both[:1]
    why = {"why": "Hết hợp đồng"}
    for _ in range(2):
        ended = await client.post("/api/v1/partners/mot-cua/end", json=why, headers=governs)
        assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert await fetch_value("SELECT count(*) FROM partner_secret") == 0
    again = await client.patch("/api/v1/partners/mot-cua", json={"name": "X"}, headers=governs)
    assert code_of(again) == (409, "partner.ended")
    asked = "SELECT array_agg(action ORDER BY id) FROM audit WHERE action LIKE 'partner.%'"
    assert await fetch_value(asked) == [
        "partner.created",
        "partner.changed",
        "partner.secret_rotated",
        "partner.ended",
    ]


async def test_the_registry_and_the_inbox_have_pages(client, clock):
    await partner("mot-cua", "agency", DESK, now=clock.instant)
    identifier = await message("mot-cua", clock.instant)
    governs = {**await headers(DESK, Role.ADMIN, now=clock.instant), "Accept": "text/html"}
    for path in ("/partners", "/new-partner", "/partners/mot-cua", "/inbox", f"/inbox/{identifier}"):
        answer = await client.get(path, headers=governs)
        assert answer.status_code == 200, path
        check_page(answer)
    typed = {**GIVEN, "code": "mot-cua-2", "url": "", "settings": "{}"}
    wrong = await client.post("/new-partner", data={**typed, "settings": "[]"}, headers=governs)
    assert (wrong.status_code, 'href="#settings"' in wrong.text) == (422, True)
    check_page(wrong)
    made = await client.post("/new-partner", data=typed, headers=governs)
    assert made.text.count("whsec_") == 2
    check_page(made)
    rotating = {"direction": "inbound", "hours": "1"}
    rotated = await client.post("/partners/mot-cua/rotate", data=rotating, headers=governs)
    assert rotated.text.count("whsec_") == 1
    paused = {"state": "paused", "why": "Bảo trì"}
    assert (await client.post("/partners/mot-cua/state", data=paused, headers=governs)).status_code == 303
    shown = (await client.get("/partners/mot-cua", headers=governs)).text
    assert "Bảo trì" in shown
    assert "whsec_" not in shown
    await client.post("/partners/mot-cua/change", data={"name": "Tên mới"}, headers=governs)
    assert (await service.find("mot-cua")).name == "Tên mới"
    replayed = await client.post("/inbox/replay", data={"partner": "mot-cua"}, headers=governs)
    assert replayed.status_code == 303
