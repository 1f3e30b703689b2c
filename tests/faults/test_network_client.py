"""Clients to application over a bad way: devices send again until they hear, and everything stands once."""

import asyncio
import os
import random

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
SPOILT_S = 4.0 if FULL else 1.2
slow = pytest.mark.slow
TOXICS = [
    pytest.param((Latency(0.05, 0.05), Slices(300)), id="latency and slices", marks=pytest.mark.slow),
    pytest.param((Bandwidth(20_000),), id="bandwidth", marks=slow),
    pytest.param((Slices(3),), id="slices of three bytes", marks=slow),
    pytest.param((LoseAnswers(0.4),), id="answers lost"),
    pytest.param((LoseAnswers(0.3, "silence"),), id="silence instead of answers", marks=slow),
    pytest.param((LoseRequests(0.4),), id="requests lost", marks=slow),
    pytest.param((LoseRequests(0.3, "silence"),), id="silence instead of requests", marks=slow),
    pytest.param((HalfOpen(),), id="half open"),
    pytest.param((Refuse(),), id="refused", marks=slow),
    pytest.param((StallAccept(),), id="accept stalled", marks=slow),
]


@pytest.mark.parametrize("toxics", TOXICS)
async def test_a_bad_way_to_the_application_loses_and_doubles_nothing(rig, toxics):
    async with load_on(rig) as load:
        await asyncio.sleep(0.3)
        rig.to_web.toxics = toxics
        await asyncio.sleep(SPOILT_S)
        rig.heal()
        await asyncio.sleep(0.2)
    await assert_kept(rig, load)


async def test_requests_and_answers_cut_at_any_byte_lose_and_double_nothing(rig):
    chance = random.Random(SEED)
    async with load_on(rig) as load:
        for _ in range(60 if FULL else 8):
            rig.to_web.toxics = (Reset(chance.randrange(1, 2_500), chance.choice(("up", "down", None))),)
            await asyncio.sleep(0.12)
        rig.heal()
    assert set(load.ledger.statuses()) > {200}
    await assert_kept(rig, load)


def load_on(rig) -> Load:
    return Load(rig.url, rig.fleet, rate=40, seed=SEED, timeout=httpx.Timeout(1.0))


async def assert_kept(rig, load) -> None:
    # Nothing that a client's way can do to it is an error of the application.
    assert {status for status in load.ledger.statuses() if isinstance(status, int)} == {200}, SEED
    found = await compare(load.ledger, rig.database)
    assert found.clean, found.told(SEED)
    assert found.stored == found.sent > 0
