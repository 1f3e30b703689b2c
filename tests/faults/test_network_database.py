"""Application to PostgreSQL over a bad way: nothing acknowledged is lost, and it is told within two seconds."""

import asyncio
import os
import random
import time

import httpx
import pytest

from tests.faults.load import Load, compare
from tests.faults.toxics import (
    Bandwidth,
    HalfOpen,
    Latency,
    LoseAnswers,
    LoseRequests,
    Refuse,
    Reset,
    Slices,
    StallAccept,
)

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SEED = int(os.environ.get("POSTAL_TEST_SEED", random.randrange(10**6)))
TOLD_WITHIN_S = 2.0
BACK_WITHIN_S = 5.0
RATE = 40
HEALTHY_S = 0.3
SPOILT_S = 5.0 if FULL else 1.5
RESETS = 60 if FULL else 8
slow = pytest.mark.slow

SLOW = [
    pytest.param(Latency(0.02, 0.02), id="latency", marks=slow),
    pytest.param(Slices(7), id="slices"),
    pytest.param(Bandwidth(100_000), id="bandwidth", marks=slow),
]
BROKEN = [
    pytest.param(LoseRequests(0.5, containing=b"COMMIT"), id="COMMIT never arrives", marks=slow),
    pytest.param(LoseAnswers(0.5, containing=b"COMMIT"), id="COMMIT is done and its answer lost"),
    pytest.param(LoseAnswers(0.3, "silence", b"COMMIT"), id="COMMIT is done, then silence", marks=slow),
    pytest.param(LoseRequests(0.3, "silence", b"COMMIT"), id="silence before COMMIT", marks=slow),
    pytest.param(LoseAnswers(0.02, "silence"), id="silence after any statement", marks=slow),
    pytest.param(LoseAnswers(0.03), id="a reset after any statement", marks=slow),
]
UNREACHABLE = [
    pytest.param((Refuse(),), id="refused", marks=slow),
    pytest.param((HalfOpen(),), id="half open", marks=slow),
    pytest.param((LoseAnswers(how="silence"),), id="black hole"),
    pytest.param((LoseRequests(how="silence"),), id="requests swallowed", marks=slow),
    pytest.param((StallAccept(), HalfOpen()), id="accept stalled", marks=slow),
]


async def test_resets_after_any_number_of_bytes_lose_and_double_nothing(rig):
    chance = random.Random(SEED)
    async with load_on(rig) as load:
        for _ in range(RESETS):
            rig.to_postgres.toxics = (Reset(after=chance.randrange(1, 15_000)),)
            await asyncio.sleep(0.15)
        rig.heal()
        await back(load, time.monotonic() - load.begun)
    assert_told(load)
    assert 503 in load.ledger.statuses()
    await assert_kept(rig, load)


@pytest.mark.parametrize("toxic", SLOW)
async def test_a_slow_way_delays_and_does_no_more(rig, toxic):
    load, _ = await spoilt(rig, (toxic,))
    assert set(load.ledger.statuses()) == {200}, (SEED, load.ledger.statuses())
    await assert_kept(rig, load)


@pytest.mark.parametrize("toxic", BROKEN)
async def test_a_connection_that_breaks_at_a_statement_or_at_commit_loses_and_doubles_nothing(rig, toxic):
    before = rig.to_postgres.lost
    load, _ = await spoilt(rig, (toxic,))
    assert rig.to_postgres.lost > before
    assert_told(load)
    await assert_kept(rig, load)


@pytest.mark.parametrize("toxics", UNREACHABLE)
async def test_a_database_out_of_reach_is_told_in_time_and_served_again_soon(rig, toxics):
    rig.forget_limits()
    answers = []
    load, healed = await spoilt(rig, toxics, meanwhile=lambda: answered(rig, answers))
    assert refused(load)
    assert_told(load)
    assert recovery(load, healed) <= BACK_WITHIN_S
    await assert_kept(rig, load)
    assert_witnesses(answers)
    async with httpx.AsyncClient(base_url=rig.url, timeout=20) as client:
        assert (await answer_of(client, "/health/ready", "application/json"))[1].status_code == 200
        assert (await answer_of(client, page(rig), "text/html"))[1].status_code == 200


def load_on(rig) -> Load:
    return Load(rig.url, rig.fleet, rate=RATE, seed=SEED, timeout=httpx.Timeout(20.0))


async def spoilt(rig, toxics, meanwhile=None):
    """Load the system while toxics are on; gives the load and when it was healed."""
    async with load_on(rig) as load:
        await asyncio.sleep(HEALTHY_S)
        rig.to_postgres.toxics = toxics
        waits = [asyncio.sleep(SPOILT_S)] + ([meanwhile()] if meanwhile else [])
        await asyncio.gather(*waits)
        rig.heal()
        healed = time.monotonic() - load.begun
        await back(load, healed)
    return load, healed


async def back(load, healed) -> None:
    """Wait until every device was answered again."""
    async with asyncio.timeout(BACK_WITHIN_S + 2 * TOLD_WITHIN_S):
        while True:
            done = sum(each.status == 200 and each.at > healed for each in load.ledger.attempts)
            if done >= len(load.fleet.devices):
                return
            await asyncio.sleep(0.02)


def refused(load):
    return [each for each in load.ledger.attempts if each.status != 200]


def recovery(load, healed) -> float:
    """Give the seconds from the healing to the end of the last refusal."""
    return max([0.0, *(each.at + each.seconds - healed for each in refused(load))])


def assert_told(load) -> None:
    """Every request was answered in time: done, or to be sent again."""
    assert set(load.ledger.statuses()) <= {200, 503}, (SEED, load.ledger.statuses())
    for each in refused(load):
        assert int(each.retry_after or 0) >= 1, (SEED, each)
        assert '"code":"database.' in each.code, (SEED, each)
        assert each.seconds <= TOLD_WITHIN_S, (SEED, each)


async def assert_kept(rig, load) -> None:
    found = await compare(load.ledger, rig.database)
    assert found.clean, found.told(SEED)
    assert found.stored == found.sent


def page(rig) -> str:
    return f"/t/{rig.fleet.codes[0]}"


async def answer_of(client, path, accept, language="vi"):
    begun = time.monotonic()
    answer = await client.get(path, headers={"Accept": accept, "Accept-Language": language})
    return time.monotonic() - begun, answer


async def answered(rig, answers) -> None:
    """Ask, in the middle of it, what others than devices ask."""
    await asyncio.sleep(0.1)
    api = f"/api/v1/track/{rig.fleet.codes[0]}"
    # One client, made beforehand: making one takes longer than an answer may.
    async with httpx.AsyncClient(base_url=rig.url, timeout=20) as client:
        answers += await asyncio.gather(
            answer_of(client, "/health/live", "application/json"),
            answer_of(client, "/health/ready", "application/json"),
            answer_of(client, api, "application/json"),
            answer_of(client, api, "application/json", "en"),
            answer_of(client, page(rig), "text/html"),
        )


def assert_witnesses(answers) -> None:
    """The process lives and says that it is not ready; a citizen is told so in the form that he asked for."""
    assert [answer.status_code for _, answer in answers] == [200, 503, 503, 503, 503]
    assert max(seconds for seconds, _ in answers) <= TOLD_WITHIN_S
    (_, live), (_, ready), (_, vi), (_, en), (_, shown) = answers
    assert live.elapsed.total_seconds() < 1
    assert ready.json()["ready"] is False
    assert ready.json()["database"] == "down"
    for answer in (ready, vi, en, shown):
        assert int(answer.headers["Retry-After"]) >= 1
    for answer, language in ((vi, "vi"), (en, "en")):
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.headers["Content-Language"] == language
        assert answer.json()["code"] == "database.unavailable"
    assert shown.headers["Content-Type"].startswith("text/html")
