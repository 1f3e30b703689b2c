"""Estimates on the server: made once a day from what ended, told to citizens without the procedure, silent if thin."""

from datetime import timedelta

import pytest

from postal.db import execute, fetch, fetch_value, unit_of_work
from postal.network.rules import local_day, start_of
from shipments.clocks import service as clocks
from shipments.estimates import service
from tests.factories.dossiers import DESK, OFFICE, PROCEDURE, Desks

ENDED = """
INSERT INTO dossier_clock (
    dossier, clock, ordinal, authority, desk, office, procedure, route, month, calendar, started_at, stopped_at,
    calendar_us, working_us
)
SELECT
    'OLD-' || n, 'C7', 0, 'H57.01', $2, $1, $3, $1 || '>' || $2, '2026-01', 'VN-HC', begun, begun + interval '6 days',
    518400000000, (2 + n % 3) * 28800000000::bigint
FROM generate_series($6::integer, $6 + $4 - 1) AS n
CROSS JOIN LATERAL (SELECT $5::timestamptz - interval '300 days' + n * interval '2 days' AS begun) AS at
"""


async def ended(many, now, number=1):
    await execute(ENDED, OFFICE, DESK, PROCEDURE, many, now, number)


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def running(desks):
    """Give a dossier whose clocks run."""
    code = await desks.dossier()
    await desks.states(code, "received")
    async with unit_of_work():
        await clocks.refresh({"dossiers": [code]})
    return code


async def test_citizens_are_told_an_estimate_beside_the_promise_and_staff_one_by_procedure(
    desks, client, clock
):
    code = await running(desks)
    assert (await client.get(f"/api/v1/track/{code}")).json()["estimate_vi"] is None, "nothing made yet"
    await ended(120, clock.instant)
    await service.make(clock.instant)
    await service.make(clock.instant)
    assert await fetch_value("SELECT count(*) FROM estimate_run") == 1
    assert await fetch_value("SELECT day FROM estimate_run") == local_day(clock.instant)
    told = (await client.get(f"/api/v1/track/{code}")).json()
    assert "không phải hẹn trả" in told["estimate_vi"]
    assert "no promise" in told["estimate_en"]
    assert clock.instant.isoformat() <= told["estimate_from"] <= told["estimate_until"]
    page = (await client.get(f"/t/{code}")).text
    assert told["estimate_vi"] in page
    assert PROCEDURE not in page + str(told)
    answer = (await client.get(f"/api/v1/dossiers/{code}/estimate", headers=desks.clerk)).json()["estimate"]
    assert (answer["by_procedure"], answer["confidence_percent"]) == (True, 80)
    assert answer["judged"] >= 30
    assert answer["coverage_percent"] > 60
    denied = await client.get(f"/api/v1/dossiers/{code}/estimate", headers=desks.stranger)
    assert denied.status_code == 404


async def test_the_anonymous_estimate_is_the_same_whatever_the_procedure(desks, client, clock):
    code = await running(desks)
    await ended(120, clock.instant)
    await service.make(clock.instant)
    before = (await client.get(f"/api/v1/track/{code}")).json()
    await execute("UPDATE dossier_clock SET procedure = '9.999999' WHERE dossier = $1", code)
    assert (await client.get(f"/api/v1/track/{code}")).json() == before


async def test_a_thin_history_and_a_waiting_case_are_told_nothing(desks, client, clock):
    code = await running(desks)
    await ended(29, clock.instant)
    await service.make(clock.instant)
    assert not await fetch("SELECT FROM estimate_history")
    assert (await client.get(f"/api/v1/track/{code}")).json()["estimate_vi"] is None
    await execute("DELETE FROM dossier_clock WHERE dossier LIKE 'OLD-%'")
    await ended(120, clock.instant)
    clock.advance(timedelta(days=1))
    await service.make(clock.instant)
    assert (await client.get(f"/api/v1/track/{code}")).json()["estimate_vi"]
    await execute("UPDATE dossier_clock SET paused_since = started_at WHERE dossier = $1", code)
    assert (await client.get(f"/api/v1/track/{code}")).json()["estimate_vi"] is None


async def test_making_again_gives_the_same_and_what_ended_today_takes_no_part(desks, clock):
    await ended(120, clock.instant)
    await service.make(clock.instant)
    first = (
        await fetch("SELECT * FROM estimate_history ORDER BY clock, route, procedure, weekday"),
        await digest(),
    )
    await execute("DELETE FROM estimate_run")
    await ended(1, clock.instant, number=150)
    await execute(
        """
        UPDATE dossier_clock SET started_at = $1::timestamptz - interval '1 day', stopped_at = $1, working_us = 0
        WHERE dossier = 'OLD-150'
        """,
        start_of(local_day(clock.instant)),
    )
    await service.make(clock.instant)
    again = (
        await fetch("SELECT * FROM estimate_history ORDER BY clock, route, procedure, weekday"),
        await digest(),
    )
    assert again == first


async def digest():
    return await fetch_value("SELECT digest FROM estimate_run")
