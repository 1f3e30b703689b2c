"""The queue forgets, goes away for minutes, comes back: messages are done meanwhile, and the bell is used again."""

import asyncio
import contextlib
import os
import signal
import socket
import time

import pytest
from msgspec.structs import replace

from postal import db, plugin
from postal.config import RedisSettings
from postal.jobs.embedded import EmbeddedValkey
from postal.jobs.worker import work
from postal.outbox import publish
from tests.faults.house import flush

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
AWAY_S = 180 if FULL else 4
LATE_S = 5.0
BACK_S = 5.0


@pytest.fixture
def ran(monkeypatch):
    """Give how often and when the handler of `test.noted` ran for each number."""
    seen = {}

    async def note(payload):
        seen.setdefault(payload["n"], []).append(time.monotonic())

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", note)
    return seen


@pytest.fixture
async def valkey(settings, tmp_path):
    """Run a queue, and a worker on it."""
    server = EmbeddedValkey(tmp_path)
    server.start()
    task = asyncio.create_task(work(replace(settings, redis=RedisSettings(dsn=server.dsn))))
    yield server
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    server.stop()


async def published(*numbers):
    async with db.unit_of_work():
        for number in numbers:
            await publish("test.noted", {"n": number})
    return time.monotonic()


async def done(ran, count, seconds):
    async with asyncio.timeout(seconds):
        while len(ran) < count:  # noqa: ASYNC110 - the worker runs in tasks of its own
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_a_queue_that_forgets_again_and_again_loses_nothing(valkey, ran, tmp_path):
    for batch in range(30):
        await published(*range(batch * 10, batch * 10 + 10))
        await asyncio.to_thread(flush, tmp_path)
    await done(ran, 300, 30)
    assert {len(times) for times in ran.values()} == {1}
    assert await db.fetch_value("SELECT count(*) FROM outbox WHERE done_at IS NULL") == 0


@pytest.mark.slow
@pytest.mark.timeout(AWAY_S + 120)
async def test_while_the_queue_is_away_messages_are_done_and_then_it_is_used_again(valkey, ran, tmp_path):
    valkey._process.send_signal(signal.SIGKILL)
    valkey._process.wait()
    written, number = {}, 0
    end = time.monotonic() + AWAY_S
    while time.monotonic() < end:
        written[number] = await published(number)
        number += 1
        await asyncio.sleep(0.1)
    await done(ran, number, LATE_S)
    assert max(ran[each][0] - written[each] for each in written) < LATE_S
    valkey.relaunch()
    back = time.monotonic()
    while not _rung(tmp_path):
        assert time.monotonic() - back < BACK_S
        await published(number)
        number += 1
        await asyncio.sleep(0.2)
    await done(ran, number, LATE_S)
    assert {len(times) for times in ran.values()} == {1}


def _rung(folder):
    """Whether somebody heard the bell: a worker took a job from the queue since the server started."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(folder / "valkey" / "valkey.sock"))
        connection.sendall(b"INFO commandstats\r\n")
        said = connection.recv(65536)
        return b"cmdstat_zadd" in said and b"cmdstat_zrem" in said
    return False
