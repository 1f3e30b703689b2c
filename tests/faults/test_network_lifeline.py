"""What a process makes of a silent connection: honest waiting goes on, a lost answer is given up and leaves no lock."""

import asyncio
import time

import pytest

from postal import db
from postal.errors import Unavailable
from tests.faults.conftest import through
from tests.faults.toxics import HalfOpen, LoseAnswers

TOLD_WITHIN_S = 2.0
BACK_WITHIN_S = 5.0
LOCK = 4_242


@pytest.fixture
async def pool(empty_database, database_proxy):
    """Start the pool of this process through the proxy."""
    await db.start(through(database_proxy, empty_database))
    yield
    database_proxy.heal()
    await db.stop()


async def locked(begun=None):
    async with db.unit_of_work():
        await db.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if begun is not None:
            begun.set()
            await asyncio.sleep(1.5)


@pytest.mark.slow
async def test_long_statements_waits_for_locks_and_pauses_in_a_unit_of_work_are_left_alone(pool):
    begun = asyncio.Event()
    holding = asyncio.create_task(locked(begun))
    await begun.wait()
    answers = await asyncio.gather(
        db.fetch_value("SELECT 7 FROM pg_sleep(2)"), locked(), holding, db.fetch_value("SELECT 1")
    )
    assert answers == [7, None, None, 1]


@pytest.mark.slow
async def test_a_half_open_way_is_told_in_time_and_is_used_again_when_it_heals(pool, database_proxy):
    await asyncio.gather(*(db.fetch_value("SELECT 1 FROM pg_sleep(0.05)") for _ in range(4)))
    database_proxy.toxics = (HalfOpen(),)
    for _ in range(2):
        begun = time.monotonic()
        results = await asyncio.gather(
            *(db.fetch_value("SELECT 1") for _ in range(8)), return_exceptions=True
        )
        assert {type(result) for result in results} == {Unavailable}
        assert time.monotonic() - begun < TOLD_WITHIN_S
    database_proxy.heal()
    async with asyncio.timeout(BACK_WITHIN_S):
        while not await db.is_reachable():  # noqa: ASYNC110 - the server tells nobody when it is back
            await asyncio.sleep(0.05)
    assert await asyncio.gather(*(db.fetch_value("SELECT 1") for _ in range(4))) == [1] * 4


@pytest.mark.parametrize("words", [b"pg_advisory", b"COMMIT"])
async def test_a_transaction_whose_answer_was_lost_leaves_no_lock(pool, database_proxy, words):
    await db.fetch_value("SELECT 1")
    database_proxy.toxics = (LoseAnswers(how="silence", containing=words),)
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        await locked()
    assert time.monotonic() - begun < TOLD_WITHIN_S
    database_proxy.heal()
    begun = time.monotonic()
    await locked()
    assert time.monotonic() - begun < 1


async def test_asking_about_a_slow_statement_is_not_counted_among_the_products(pool):
    with db.count_statements() as counted:
        assert await db.fetch_value("SELECT 7 FROM pg_sleep(0.8)") == 7
    assert counted.total == 1
