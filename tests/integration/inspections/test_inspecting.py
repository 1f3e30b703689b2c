"""An inspector draws, compares and concludes; the inspected learns of it at the end; reading is audited."""

from datetime import timedelta

import pytest

from postal.db import as_owner, fetch_value
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.network.rules import Kind, Level
from tests.factories.dossiers import DESK, Desks
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.proof import Log

PERIOD = {"from": "2026-11-23", "to": "2026-11-24"}


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def test_a_sample_is_drawn_compared_concluded_and_drawn_again_by_the_inspected(desks, clock, database):
    await organisation("STATE", kind=Kind.AUTHORITY, level=Level.CENTRAL)
    inspector = await headers("STATE", Role.CONTROL, now=clock.instant)
    client = desks.client
    codes = {await desks.dossier() for _ in range(4)}
    forbidden = await client.post(
        "/api/v1/inspections", json={"organisation": DESK, "size": 3, **PERIOD}, headers=desks.head
    )
    assert forbidden.status_code == 403
    empty = {"organisation": DESK, "size": 3, "from": "2026-11-01", "to": "2026-11-02"}
    nothing = await client.post("/api/v1/inspections", json=empty, headers=inspector)
    assert nothing.json()["code"] == "inspection.nothing"
    made = await client.post(
        "/api/v1/inspections", json={"organisation": DESK, "size": 3, **PERIOD}, headers=inspector
    )
    assert made.status_code == 201, made.text
    inspection = made.json()["inspection"]
    path, sample = f"/api/v1/inspections/{inspection['code']}", inspection["sample"]
    assert (len(sample), inspection["population"]) == (3, 4)
    assert set(sample) < codes
    assert (await client.get(path, headers=desks.desk)).status_code == 404
    for dossier in sample[:2]:
        body = {"dossier": dossier, "checks": {"papers": True, "due": dossier == sample[0]}}
        remark = {"remark": "Bà Hằng ký thiếu"} if dossier == sample[1] else {}
        found = await client.post(f"{path}/findings", json=body | remark, headers=inspector)
        assert found.status_code == 200, found.text
    early = await client.post(f"{path}/close", json={"conclusion": "INSPECTION_REMEDY"}, headers=inspector)
    assert early.json()["code"] == "inspection.not_done"
    page = f"/inspections/{inspection['code']}"
    form = {"act": "find", "dossier": sample[2], "papers": "yes"}
    assert (await client.post(page, data=form, headers=inspector)).status_code == 303
    ended = await client.post(
        page, data={"act": "close", "conclusion": "INSPECTION_REMEDY"}, headers=inspector
    )
    assert ended.status_code == 303
    shown = (await client.get(path, headers=desks.desk)).json()
    assert (shown["result"]["agreeing"], shown["result"]["examined"], shown["remarks"]) == (2, 3, None)
    assert shown["result"]["low"] < 66.67 < shown["result"]["high"]
    late = await client.post(
        f"{path}/findings", json={"dossier": sample[0], "checks": {"due": True}}, headers=inspector
    )
    assert late.json()["code"] == "inspection.closed"
    again = (await client.get(f"{path}/draw", headers=desks.desk)).json()
    assert (again["same_population"], again["same_sample"]) == (True, True)
    await desks.dossier()
    assert (await client.get(f"{path}/draw", headers=desks.desk)).json()["same_population"] is False
    text = (await client.get(page, headers=inspector)).text
    assert "Bà Hằng ký thiếu" in text
    assert "66.67 %" in text
    assert (await client.get("/inspections", headers=inspector)).status_code == 200
    assert await fetch_value("SELECT count(*) FROM ledger WHERE body::text LIKE '%Hằng%'") == 0
    audited = await fetch_value("SELECT count(*) FROM audit WHERE subject = $1", page)
    assert audited == 3
    grown = await export()
    async with as_owner(database):
        await rebuild()
    assert await export() == grown


async def test_nobody_can_try_seeds_until_a_sample_suits(desks, clock, tmp_path):
    await organisation("STATE", kind=Kind.AUTHORITY, level=Level.CENTRAL)
    inspector = await headers("STATE", Role.CONTROL, now=clock.instant)
    for _ in range(4):
        await desks.dossier()
    asked = {"organisation": DESK, "size": 2, **PERIOD}

    async def drawn(**more):
        return (await desks.client.post("/api/v1/inspections", json=asked | more, headers=inspector)).json()

    by_chance = (await drawn())["inspection"]["seed"]
    assert by_chance != (await drawn())["inspection"]["seed"], (
        "the period still runs, so nothing is signed yet"
    )
    log = Log(tmp_path)
    clock.advance(timedelta(days=2))
    await log.gather(clock.instant)
    first = (await drawn())["inspection"]
    await desks.dossier()
    clock.advance(timedelta(hours=1))
    await log.gather(clock.instant)
    second = (await drawn())["inspection"]
    assert (second["seed"], second["sample"]) == (first["seed"], first["sample"])
    assert first["seed"].startswith("log-")
    forged = await drawn(seed=first["seed"])
    assert forged["code"] == "inspection.seed"
    assert (await drawn(seed="ours"))["inspection"]["seed"] == "ours"
