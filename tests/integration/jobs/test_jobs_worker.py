"""The worker: fast with Valkey, slower but complete without it."""

import asyncio
import contextlib
import signal
from datetime import timedelta

import pytest
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db, plugin
from postal.config import RedisSettings
from postal.jobs import ringer
from postal.jobs.embedded import EmbeddedValkey
from postal.jobs.maintenance import maintain
from postal.jobs.queue import Doorbell, gathered, pack, unpack
from postal.jobs.relay import relay_once
from postal.jobs.worker import work
from postal.outbox import publish
from postal.outbox.rules import LEASE


@pytest.fixture(scope="module")
def valkey(tmp_path_factory):
    server = EmbeddedValkey(tmp_path_factory.mktemp("queue"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ran(monkeypatch):
    seen = []

    async def note(payload):
        seen.append(payload["n"])

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", note)
    return seen


async def published(*numbers):
    async with db.unit_of_work():
        for number in numbers:
            await publish("test.noted", {"n": number})


async def eventually(condition, seconds=10.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what it waits for happens in another process
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def working(settings):
    task = asyncio.create_task(work(settings))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def flush(server):
    reader, writer = await asyncio.open_unix_connection(server.dsn.removeprefix("unix://"))
    writer.write(b"FLUSHALL\r\n")
    await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_a_rung_message_runs(settings, valkey, ran):
    settings = replace(settings, redis=RedisSettings(dsn=valkey.dsn))
    async with working(settings):
        await published(*range(100))
        await eventually(lambda: sorted(ran) == list(range(100)))


async def test_without_a_queue_the_relay_runs_messages_itself(settings, ran):
    async with working(settings):
        await published(1, 2, 3)
        await eventually(lambda: sorted(ran) == [1, 2, 3])


async def test_with_a_queue_that_is_down_messages_still_run(settings, tmp_path, ran):
    settings = replace(settings, redis=RedisSettings(dsn=f"unix://{tmp_path}/nobody.sock"))
    async with working(settings):
        await published(1, 2, 3)
        await eventually(lambda: sorted(ran) == [1, 2, 3])


async def test_a_worker_survives_a_killed_and_restarted_valkey(settings, tmp_path, ran):
    server = EmbeddedValkey(tmp_path)
    server.start()
    settings = replace(settings, redis=RedisSettings(dsn=server.dsn))
    try:
        async with working(settings) as task:
            await published(1)
            await eventually(lambda: ran == [1])
            server._process.send_signal(signal.SIGKILL)
            server._process.wait()
            await published(2)
            await eventually(lambda: ran == [1, 2])
            server.stop()
            server.start()
            await published(3)
            await eventually(lambda: sorted(ran) == [1, 2, 3])
            await asyncio.sleep(1.5)
            await published(4)
            await eventually(lambda: ran == [1, 2, 3, 4], 5)
            assert not task.done()
    finally:
        server.stop()


@pytest.mark.slow
async def test_a_frozen_valkey_holds_nothing_up_for_long(settings, tmp_path, ran):
    server = EmbeddedValkey(tmp_path)
    server.start()
    settings = replace(settings, redis=RedisSettings(dsn=server.dsn))
    try:
        async with working(settings):
            await published(1)
            await eventually(lambda: ran == [1])
            server._process.send_signal(signal.SIGSTOP)
            await published(2)
            await eventually(lambda: ran == [1, 2], 5)
    finally:
        server._process.send_signal(signal.SIGCONT)
        server.stop()


async def test_rung_messages_that_the_queue_lost_run_when_their_lease_ends(settings, valkey, ran):
    bell = Doorbell(valkey.dsn)
    await published(1, 2)
    assert await relay_once(bell) == 2
    await flush(valkey)
    assert await relay_once(bell) == 0
    await db.execute("UPDATE outbox SET leased_until = leased_until - $1::interval", timedelta(minutes=1))
    assert await relay_once(bell) == 2
    # Side by side: messages without a key have no order among themselves.
    assert sorted(ran) == [1, 2]
    await bell.close()


async def test_ringing_twice_for_one_message_queues_it_once(settings, valkey, ran):
    bell = Doorbell(valkey.dsn)
    await flush(valkey)
    await published(1)
    (identifier,) = [row["id"] for row in await db.fetch("SELECT id FROM outbox")]
    assert await bell.ring([identifier])
    assert await bell.ring([identifier])
    assert await bell.depth() == 1
    await flush(valkey)
    await bell.close()


async def test_many_messages_are_rung_for_in_few_jobs_and_each_runs_once(settings, valkey, ran):
    bell = Doorbell(valkey.dsn)
    await flush(valkey)
    await published(*range(50))
    assert await relay_once(bell) == 50
    assert await bell.depth() == 5
    await flush(valkey)
    await bell.close()
    assert [len(names) for names in gathered("abcde")] == [2, 2, 1]
    settings = replace(settings, redis=RedisSettings(dsn=valkey.dsn))
    await db.execute("UPDATE outbox SET leased_until = NULL")
    async with working(settings):
        await eventually(lambda: len(ran) == 50)
    assert sorted(ran) == list(range(50))


async def test_those_behind_a_slow_message_are_given_back_and_run_soon(settings, valkey, monkeypatch):
    """Its neighbours in the job wait for no lease: they are rung for again while it is still slow elsewhere."""
    seen = []

    async def slow(payload):
        if payload["n"] == 0:
            await asyncio.sleep(ringer.BEGIN_WITHIN_S * 1.2)
        seen.append(payload["n"])

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", slow)
    await flush(valkey)
    await published(*range(40))
    settings = replace(settings, redis=RedisSettings(dsn=valkey.dsn))
    async with working(settings):
        await eventually(lambda: len(seen) == 40, LEASE.total_seconds() - 2)
    assert sorted(seen) == list(range(40))
    assert await db.fetch("SELECT id FROM outbox WHERE attempts <> 1") == []


async def test_maintenance_clears_what_has_expired_and_only_that(database, clock):
    now = await clock_port.now()
    for key, age in (("old", timedelta(days=31)), ("new", timedelta(days=29))):
        await db.execute(
            "INSERT INTO idempotency_key VALUES ('a', $1, '\\x00', 200, '[]', '\\x00', $2)", key, now - age
        )
    assert await maintain()
    assert [row["key"] for row in await db.fetch("SELECT key FROM idempotency_key")] == ["new"]


async def test_maintenance_is_done_by_one_process_at_a_time(database):
    from postal.jobs.maintenance import LOCK

    async with db.unit_of_work():
        await db.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        assert await asyncio.create_task(_elsewhere()) is False
    assert await maintain()


async def _elsewhere():
    db.ENGINE.current_transaction.set(None)
    return await maintain()


def test_jobs_are_msgpack_and_an_error_in_one_is_only_its_type():
    assert unpack(pack({"t": 1, "a": ("x",), "r": ValueError("name of a person")})) == {
        "t": 1,
        "a": ["x"],
        "r": "ValueError",
    }
