import pytest

from postal.db import as_owner, fetch_value
from postal.identity.rules import Role
from postal.network import service
from postal.network.rules import Kind, Level
from tests.factories.identity import headers
from tests.factories.network import organisation, organisations


@pytest.fixture
async def national(database, clock):
    await organisation("VN", kind=Kind.MINISTRY, level=Level.CENTRAL)
    return await headers("VN", Role.ADMIN, now=clock.instant)


def office(code, **more):
    return {
        "code": code,
        "name": f"Bưu cục {code}",
        "kind": "post_office",
        "level": "commune",
        "valid_from": "2025-07-01",
        **more,
    }


async def test_seeding_twice_changes_nothing(database):
    async with as_owner(database):
        for _ in range(2):
            await service.load_units()
            await service.seed_operator()
    assert await fetch_value("SELECT count(*) FROM administrative_unit") == 34 + 3321
    assert await fetch_value("SELECT count(*) FROM administrative_unit WHERE province_code IS NULL") == 34
    assert await fetch_value("SELECT kind FROM organisation WHERE code = 'VN'") == "ministry"


async def test_the_application_may_not_change_the_official_list(database):
    with pytest.raises(Exception, match="permission denied"):
        await service.load_units()


async def test_an_organisation_is_created_read_and_found_without_diacritics(database, client, national):
    async with as_owner(database):
        await service.load_units()
    answer = await client.post(
        "/api/v1/organisations",
        json=office("HN-01", name="Bưu cục Đống Đa", unit_code="00004", parent="VN"),
        headers=national,
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["province_code"] == "01"
    assert answer.json()["calendar"] == "VN-HC"
    read = await client.get("/api/v1/organisations/HN-01", headers=national)
    assert read.json() == answer.json()
    for query in (
        "q=dong da",
        "q=ĐỐNG",
        "unit=01",
        "unit=00004",
        "kind=post_office",
        "parent=VN",
        "on=2026-01-01&q=HN-01",
    ):
        found = await client.get(f"/api/v1/organisations?{query}", headers=national)
        assert [one["code"] for one in found.json()["items"]] == ["HN-01"], query
    found = await client.get("/api/v1/organisations?on=2025-06-30", headers=national)
    assert found.json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (office("VN"), 409, "network.organisation_exists"),
        (office("CITIZEN"), 422, "network.code_reserved"),
        (office("AA", parent="NOBODY"), 404, "network.organisation_not_found"),
        (office("AA", unit_code="99999"), 422, "network.unit_unknown"),
        (office("aa"), 400, "request.invalid"),
        (office("AA", kind="bank"), 400, "request.invalid"),
        (office("AA", more=1), 400, "request.invalid"),
        (office("AA", valid_from="yesterday"), 400, "request.invalid"),
    ],
)
async def test_what_is_not_an_organisation_is_refused(client, national, body, status, code):
    answer = await client.post("/api/v1/organisations", json=body, headers=national)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_pages_of_organisations_skip_and_repeat_nothing(client, national):
    await organisations(*(f"P-{number:03}" for number in range(25)), parent="VN")
    seen, cursor = [], None
    while True:
        params = {"limit": 7, "parent": "VN"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/organisations", params=params, headers=national)).json()
        seen += [one["code"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [f"P-{number:03}" for number in range(25)]


async def test_an_organisation_ends_once_and_names_its_successor(client, national):
    await organisations("OLD", "NEW", "OTHER", parent="VN")
    body = {"valid_to": "2026-12-01", "successor": "NEW"}
    ended = await client.patch("/api/v1/organisations/OLD", json=body, headers=national)
    assert ended.status_code == 200, ended.text
    assert (ended.json()["valid_to"], ended.json()["successor"]) == ("2026-12-01", "NEW")
    again = await client.patch("/api/v1/organisations/OLD", json=body, headers=national)
    assert (again.status_code, again.json()["code"]) == (409, "network.organisation_closed")


async def test_no_succession_goes_round_in_a_circle(client, national):
    await organisations("A1", "B1", "C1", parent="VN")
    for code, successor, day in (("A1", "B1", "2026-12-01"), ("B1", "C1", "2026-12-02")):
        answer = await client.patch(
            f"/api/v1/organisations/{code}", json={"valid_to": day, "successor": successor}, headers=national
        )
        assert answer.status_code == 200
    answer = await client.patch(
        "/api/v1/organisations/C1", json={"valid_to": "2026-11-30", "successor": "A1"}, headers=national
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "network.succession_cycle")
    for successor in ("C1", "NOBODY"):
        answer = await client.patch(
            "/api/v1/organisations/C1", json={"successor": successor}, headers=national
        )
        assert answer.status_code == 422
    late = await client.patch(
        "/api/v1/organisations/C1", json={"valid_to": "2027-01-01", "successor": "A1"}, headers=national
    )
    assert late.json()["code"] == "network.successor_unknown"


async def test_only_an_administrator_changes_the_network_and_only_below(client, national, clock):
    await organisation("TOP", parent="VN")
    await organisation("LEAF", parent="TOP")
    await organisation("ELSEWHERE", parent="VN")
    clerk = await headers("TOP", Role.CLERK, Role.SUPERVISOR, now=clock.instant)
    admin = await headers("TOP", Role.ADMIN, now=clock.instant)
    url = "/api/v1/organisations"
    assert (await client.post(url, json=office("XX", parent="TOP"), headers=clerk)).status_code == 403
    assert (await client.post(url, json=office("XX", parent="TOP"))).status_code == 401
    assert (await client.post(url, json=office("XX", parent="LEAF"), headers=admin)).status_code == 201
    assert (await client.post(url, json=office("YY"), headers=admin)).status_code == 403
    ministry = await client.post(url, json=office("M", parent="TOP", kind="ministry"), headers=admin)
    assert (ministry.status_code, ministry.json()["code"]) == (400, "request.invalid")
    ministry = await client.post(url, json=office("MM", parent="TOP", kind="ministry"), headers=admin)
    assert (ministry.status_code, ministry.json()["code"]) == (403, "network.ministry_is_national")
    await organisation("MIN", parent="LEAF", kind=Kind.MINISTRY, level=Level.CENTRAL)
    assert (await client.patch(f"{url}/MIN", json={}, headers=admin)).status_code == 404
    beyond = await client.post(url, json=office("YY", parent="ELSEWHERE"), headers=admin)
    unknown = await client.post(url, json=office("YY", parent="NOWHERE"), headers=admin)
    assert beyond.status_code == unknown.status_code == 404
    assert beyond.json()["code"] == unknown.json()["code"]
    assert (await client.patch(f"{url}/ELSEWHERE", json={}, headers=admin)).status_code == 404
    assert (await client.patch(f"{url}/VN", json={}, headers=admin)).status_code == 404


async def test_units_are_public(client, database):
    async with as_owner(database):
        await service.load_units()
    found = await client.get("/api/v1/units", params={"q": "phuong ba dinh", "on": "2026-01-01"})
    assert [unit["name"] for unit in found.json()["items"]] == ["Phường Ba Đình"]
    assert "202/2025/QH15" in found.json()["items"][0]["citation"]
    assert len((await client.get("/api/v1/units?province=01&limit=200")).json()["items"]) == 127
    assert (await client.get("/api/v1/units", params={"on": "2025-06-30"})).json()["items"] == []
