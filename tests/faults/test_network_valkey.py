"""Application to Valkey over a bad way: slower bells and looser counting, and nobody waits for it."""

import asyncio
import os
import random
import statistics

import asyncpg
import httpx
import pytest

from postal import db
from postal.outbox import publish
from tests.faults.load import Load, compare, speaking
from tests.faults.toxics import HalfOpen, Latency, LoseAnswers, Refuse, Reset

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SEED = int(os.environ.get("POSTAL_TEST_SEED", random.randrange(10**6)))
SPOILT_S = 5.0 if FULL else 1.5
REDIS_PATIENCE_S = 0.15
TOPIC = "dossier.changed"
MESSAGES = 20
DONE_WITHIN_S = 15
slow = pytest.mark.slow
TOXICS = [
    pytest.param((Latency(0.05, 0.05),), id="latency", marks=slow),
    pytest.param((Reset(700),), id="reset", marks=slow),
    pytest.param((LoseAnswers(how="silence"),), id="black hole"),
    pytest.param((HalfOpen(),), id="half open"),
    pytest.param((Refuse(),), id="refused", marks=slow),
]


@pytest.mark.parametrize("toxics", TOXICS)
async def test_scanning_reading_and_the_outbox_go_on_without_valkey(rig, toxics):
    async with (
        Load(rig.url, rig.fleet, rate=30, seed=SEED) as load,
        httpx.AsyncClient(base_url=rig.url) as http,
    ):
        await asyncio.sleep(0.3)
        rig.to_valkey.toxics = toxics
        reading = asyncio.create_task(read(http, rig))
        await published(rig)
        await done(rig)
        statuses, times = await reading
        rig.heal()
    assert statuses == {200}
    if not isinstance(toxics[0], Latency):
        # The store is tried every other second, and all others need not wait for it.
        waited = sum(each > REDIS_PATIENCE_S for each in times)
        assert waited <= len(times) / 3, (SEED, sorted(times))
        assert statistics.median(times) < REDIS_PATIENCE_S
    assert set(load.ledger.statuses()) == {200}
    found = await compare(load.ledger, rig.database)
    assert found.clean, found.told(SEED)
    ready = (await read_once(rig, "/health/ready")).json()
    assert ready["ready"] is True


async def test_signing_in_stays_limited_without_valkey(rig):
    rig.forget_limits()
    rig.to_valkey.toxics = (HalfOpen(),)
    body = {"login": f"nobody-{SEED}", "password": "wrong password"}
    async with httpx.AsyncClient(base_url=rig.url, timeout=10) as http:
        answers = [await http.post("/api/v1/sessions", json=body) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def read(http, rig):
    """Read as a known caller, whose requests are counted, for as long as it is spoilt."""
    statuses, times = set(), []
    end = asyncio.get_running_loop().time() + SPOILT_S
    headers = {"Authorization": f"Bearer {rig.fleet.devices[0].key}"}
    while asyncio.get_running_loop().time() < end:
        answer = await http.get("/api/v1/pieces?limit=1", headers=headers)
        statuses.add(answer.status_code)
        times.append(answer.elapsed.total_seconds())
        await asyncio.sleep(0.02)
    return statuses, times


async def read_once(rig, path):
    async with httpx.AsyncClient(base_url=rig.url, timeout=10) as http:
        return await http.get(path)


async def published(rig) -> None:
    async with speaking(rig.database), db.unit_of_work():
        for _ in range(MESSAGES):
            await publish(TOPIC, {"dossiers": []})


async def done(rig) -> None:
    """Wait until the worker has done everything."""
    connection = await asyncpg.connect(rig.database.dsn)
    try:
        async with asyncio.timeout(DONE_WITHIN_S):
            waiting = "SELECT count(*) FROM outbox WHERE done_at IS NULL"
            while await connection.fetchval(waiting):  # noqa: ASYNC110 - another process does it
                await asyncio.sleep(0.05)
        assert not await connection.fetchval("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL")
    finally:
        await connection.close()
