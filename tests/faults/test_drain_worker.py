"""SIGTERM to a worker in the middle of a message: it ends soon, and the message is done by another, once."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from postal import db, plugin
from postal.config import Settings
from postal.jobs.worker import work
from postal.outbox.service import publish

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_S = 5
DONE_WITHIN_S = 15
# A worker as the command runs it, with a handler that tells that it began and takes its time.
SLOW = """
import asyncio
from postal import db, plugin
from postal.cli.main import main

async def slow(payload):
    print("begun", flush=True)
    await db.execute("INSERT INTO effect VALUES (1)")
    await asyncio.sleep(2)

plugin.OUTBOX_HANDLERS["test.noted"] = slow
main(["worker", "--settings-from-stdin"])
"""


async def test_a_message_that_ran_when_its_worker_was_told_to_end_has_its_effect_once(
    own_database, tmp_path, monkeypatch
):
    async def quick(_payload):
        await db.execute("INSERT INTO effect VALUES (1)")

    settings = msgspec.structs.replace(Settings(), database=own_database, data=str(tmp_path))
    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", quick)
    async with db.as_owner(own_database):
        await db.execute("CREATE TABLE effect (number int)")
        await db.execute("GRANT INSERT, SELECT ON effect TO postal_app")
    async with db.unit_of_work():
        await publish("test.noted", {})
    assert await asyncio.to_thread(_begin_and_end, settings) < ENDS_WITHIN_S
    assert await db.fetch_value("SELECT count(*) FROM effect") == 0
    task = asyncio.create_task(work(settings))
    try:
        async with asyncio.timeout(DONE_WITHIN_S):
            while not await db.fetch_value("SELECT true FROM outbox WHERE done_at IS NOT NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert await db.fetch_value("SELECT count(*) FROM effect") == 1


def _begin_and_end(settings):
    """Give the seconds from the signal to the end."""
    worker = subprocess.Popen(
        [sys.executable, "-c", SLOW],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with worker:
        try:
            worker.stdin.write(msgspec.json.encode(settings))
            worker.stdin.close()
            begun = b""
            while begun != b"begun\n":
                begun = worker.stdout.readline()
                assert begun
            told = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 0
            return time.monotonic() - told
        finally:
            worker.kill()
