"""The law as stored: versions, standards and constants by day, and the public list."""

from datetime import date

import pytest

from postal.db import fetch
from postal.errors import NotFound, Unprocessable
from postal.law import repository
from postal.law.rules import Reading, Status, Zone, reading_of

TODAY = date(2026, 11, 23)


async def test_the_version_in_force_on_the_day_is_given(database):
    assert (await repository.procedure_at("1.004873", date(2025, 12, 31))).version == 1
    assert (await repository.procedure_at("1.004873", date(2026, 1, 1))).version == 2
    with pytest.raises(NotFound):
        await repository.procedure_at("9.999999", TODAY)
    with pytest.raises(Unprocessable) as refused:
        await repository.procedure_at("1.004873", date(2010, 1, 1))
    assert refused.value.code == "procedure.not_in_force"
    assert "01/01/2010" in refused.value.vi
    assert "21/06/2018" in refused.value.vi


async def test_transit_standards_are_those_of_the_text(database):
    found = {
        (zone, slip): (await repository.transit_limit(zone, TODAY, with_slip=slip)).days
        for zone in Zone
        for slip in (False, True)
    }
    assert found == {
        (Zone.INNER, False): 1,
        (Zone.INNER, True): 2,
        (Zone.INTER, False): 2,
        (Zone.INTER, True): 4,
        (Zone.METROPOLITAN, False): 3,
        (Zone.METROPOLITAN, True): 6,
        (Zone.INTERPROVINCE, False): 4,
        (Zone.INTERPROVINCE, True): 8,
    }
    with pytest.raises(NotFound):
        await repository.transit_limit(Zone.INNER, date(2017, 8, 14))


async def test_every_rule_says_where_it_comes_from(database):
    for table in ("rule_constant", "transit_standard", "procedure"):
        assert await fetch(f"SELECT FROM {table} WHERE citation = '' OR status IS NULL") == []
    constants = await repository.constants_at(TODAY)
    assert constants["intake.cutoff_hour"].status is Status.FOUND
    assert constants["clock.t0_reading"].status is Status.CONFIGURED
    assert constants.reading() is Reading.SLIP
    assert constants.number("delivery.min_invitations") == 2
    assert (await repository.constants_at(date(2010, 1, 1))).find("intake.cutoff_hour") is None


async def test_a_procedure_free_of_territory_starts_at_its_authority(database):
    constants = await repository.constants_at(TODAY)
    assert reading_of(await repository.procedure_at("2.000488", TODAY), constants) is Reading.AUTHORITY
    assert reading_of(await repository.procedure_at("1.000656", TODAY), constants) is Reading.SLIP


async def test_reasons_are_listed_with_both_names(database):
    reasons = await repository.reasons_at(TODAY)
    assert {"WRONG_ADDRESS", "PAPERS_MISSING"} <= {reason.code for reason in reasons}
    assert all(reason.name_vi and reason.name_en for reason in reasons)


async def test_everybody_reads_the_list_of_what_the_post_carries_and_what_not(client):
    page = (await client.get("/api/v1/procedures?limit=200")).json()
    codes = [each["code"] for each in page["items"]]
    assert codes == sorted(codes)
    eligible = {each["code"]: each["eligible"] for each in page["items"]}
    assert (eligible["1.004873"], eligible["1.000894"], eligible["1.001776"]) == (True, False, True)
    barred = (await client.get("/api/v1/procedures?eligible=false")).json()["items"]
    assert {each["code"] for each in barred} == {code for code, open_ in eligible.items() if not open_}
    first = (await client.get("/api/v1/procedures?limit=2")).json()
    second = (await client.get(f"/api/v1/procedures?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["code"] for each in (*first["items"], *second["items"])] == codes[:4]


async def test_a_procedure_shows_the_version_in_force_and_all_others(client):
    answer = (await client.get("/api/v1/procedures/1.004873?on=2025-06-01")).json()
    assert answer["current"]["version"] == 1
    assert [each["version"] for each in answer["versions"]] == [2, 1]
    assert answer["current"]["limit"] == {
        "value": 3,
        "unit": "ngay_lam_viec",
        "convention": "end_of_day",
        "calendar": "VN-HC",
    }
    missing = await client.get("/api/v1/procedures/0.000000")
    assert (missing.status_code, missing.json()["code"]) == (404, "procedure.unknown")
