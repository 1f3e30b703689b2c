"""Workers that die anywhere: every message takes effect exactly once or is dead, in the order of its key.

Several workers share one outbox. Each may be killed at any of its statements (before the server got it, or after, when
nobody learns the answer), cancelled at any moment, or left hanging past its lease; handlers fail at random. Each kill
takes the connection with it, as the end of a process does. The seed is in the name of the test.
"""

import asyncio
import os
import random
from collections import Counter
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta

import pytest

from postal import db, plugin
from postal.db.connection import CountedConnection
from postal.outbox import publish, service
from postal.outbox.rules import MAX_ATTEMPTS, wait_after
from postal.outbox.service import claim, run, run_claimed

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SEEDS = range(16 if FULL else 1)
KEYS = ("A", "B", "C", None)
LEASE = timedelta(seconds=0.15)
RUN_LIMIT = timedelta(seconds=0.1)
LIVE = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL"
FATE: ContextVar["Fate | None"] = ContextVar("fate", default=None)


class Killed(BaseException):
    """The end of a worker: nothing that it would still do is done."""


class Fate:
    """How many statements a worker may still send, and whether the last one still reaches the server."""

    def __init__(self, dice):
        self.left = dice.randint(1, 60)
        self.arrives = dice.random() < 0.5


@pytest.fixture
async def outbox(own_database, monkeypatch):
    """Give an outbox with a table of effects, short leases, and connections that obey the fate of their worker."""
    async with db.as_owner(own_database):
        await db.execute(
            "CREATE TABLE effect (message int NOT NULL, key text NULL, n bigint GENERATED ALWAYS AS IDENTITY)"
        )
        await db.execute("GRANT SELECT, INSERT ON effect TO postal_app")
    monkeypatch.setattr(service, "LEASE", LEASE)
    monkeypatch.setattr(service, "RUN_LIMIT", RUN_LIMIT)
    monkeypatch.setattr(service, "wait_after", lambda attempt: wait_after(attempt) / 200)
    for name in ("fetch", "execute"):
        monkeypatch.setattr(CountedConnection, name, _mortal(getattr(CountedConnection, name)))


def _mortal(send):
    async def sent(connection, *arguments, **options):
        fate = FATE.get()
        if fate is None:
            return await send(connection, *arguments, **options)
        fate.left -= 1
        if fate.left > 0:
            return await send(connection, *arguments, **options)
        if fate.left == 0 and fate.arrives:
            with suppress(Exception):
                await send(connection, *arguments, **options)
        connection.terminate()
        raise Killed

    return sent


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(120)
@pytest.mark.slow
async def test_whatever_is_killed_each_effect_is_once_and_in_order(outbox, monkeypatch, seed):
    dice = random.Random(seed)
    poison = set(dice.sample(range(60), 3))
    seen = Counter()

    async def act(payload):
        seen[payload["n"]] += 1
        await db.execute("INSERT INTO effect (message, key) VALUES ($1, $2)", payload["n"], payload["key"])
        luck = dice.random()
        if payload["n"] in poison:
            raise Killed if luck < 0.5 else ValueError
        if luck < 0.1:
            raise ValueError
        if luck < 0.15:
            await asyncio.sleep(0.3)

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.act", act)
    over = asyncio.Event()
    workers = [asyncio.create_task(_works(dice, over)) for _ in range(4)]
    written = await _write(dice, 60)
    try:
        async with asyncio.timeout(90):
            while await db.fetch_value(LIVE):  # noqa: ASYNC110 - what ends it happens in many tasks
                await asyncio.sleep(0.1)
    finally:
        over.set()
        await asyncio.gather(*workers)
    await _holds(written, poison)


async def _write(dice, count):
    """Write messages from two sides at once, some of them taken back; gives the key of each that was kept."""
    written = {}

    async def write(numbers):
        for n in numbers:
            key = dice.choice(KEYS)
            with suppress(ZeroDivisionError):
                async with db.unit_of_work():
                    await publish("test.act", {"n": n, "key": key}, key=key)
                    await asyncio.sleep(dice.random() * 0.01)
                    if dice.random() < 0.1:
                        raise ZeroDivisionError
                written[n] = key

    await asyncio.gather(write(range(0, count, 2)), write(range(1, count, 2)))
    return written


async def _works(dice, over):
    """Live many lives as a worker: claims and bells, each life ended by its fate or by a cancellation."""
    while not over.is_set():
        life = asyncio.create_task(_one_life(dice, over))
        if dice.random() < 0.3:
            await asyncio.wait({life}, timeout=dice.random() * 0.2)
            life.cancel()
        with suppress(Killed, asyncio.CancelledError, Exception):
            await life


async def _one_life(dice, over):
    FATE.set(Fate(dice))
    while not over.is_set():
        claims = await claim(dice.randint(1, 5))
        for claimed in claims:
            luck = dice.random()
            if luck < 0.1:
                continue
            if luck < 0.4 and not claimed.is_suspect:
                await run(claimed.id)
            else:
                await run_claimed(claimed)
        # A bell that rings late or for nothing.
        if dice.random() < 0.2 and (
            late := await db.fetch("SELECT id FROM outbox ORDER BY random() LIMIT 2")
        ):
            for row in late:
                await run(row["id"])
        await asyncio.sleep(0.01)


async def _holds(written, poison):
    rows = await db.fetch("SELECT *, (payload ->> 'n')::int AS n FROM outbox ORDER BY position")
    assert {row["n"] for row in rows} == set(written)
    dead = {row["n"] for row in rows if row["dead_at"] is not None}
    done = [row for row in rows if row["done_at"] is not None]
    effects = await db.fetch("SELECT message, key FROM effect ORDER BY n")
    assert Counter(row["message"] for row in effects) == Counter(row["n"] for row in done)
    assert dead >= poison & set(written)
    for key in KEYS[:-1]:
        in_order = [row["n"] for row in done if row["key"] == key]
        assert [row["message"] for row in effects if row["key"] == key] == in_order
    assert [dict(row) for row in rows if row["attempts"] > MAX_ATTEMPTS] == []
    assert [dict(row) for row in rows if row["leased_until"] or row["running_until"]] == []
    assert [dict(row) for row in rows if not (row["done_at"] or row["dead_at"])] == []
