"""A worker that is killed in the middle of a message: another one takes it up within fifteen seconds."""

import asyncio
import contextlib
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from postal import db, plugin
from postal.config import RedisSettings
from postal.jobs.embedded import EmbeddedValkey
from postal.jobs.worker import work
from postal.outbox import publish

ROOT = Path(__file__).parents[3]
WITHIN_S = 15
# A worker whose handler tells that it began, and then never ends.
STUCK = """
import asyncio, sys
import msgspec
from postal import plugin
from postal.config import Settings
from postal.jobs.worker import work

async def hang(payload):
    print("begun", flush=True)
    await asyncio.sleep(3600)

plugin.OUTBOX_HANDLERS["test.noted"] = hang
asyncio.run(work(msgspec.json.decode(sys.stdin.buffer.read(), type=Settings)))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "with_queue", [pytest.param(True, id="with Valkey"), pytest.param(False, id="without")]
)
async def test_a_killed_workers_message_runs_again(settings, tmp_path, monkeypatch, with_queue):
    ran = asyncio.Event()

    async def note(_payload):
        ran.set()

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", note)
    with contextlib.ExitStack() as stack:
        if with_queue:
            server = stack.enter_context(EmbeddedValkey(tmp_path))
            settings = replace(settings, redis=RedisSettings(dsn=server.dsn))
        await _published()
        await asyncio.to_thread(_begin_and_kill, settings)
        killed = time.monotonic()
        task = asyncio.create_task(work(settings))
        try:
            async with asyncio.timeout(WITHIN_S):
                await ran.wait()
                # Its effect counts once its end is committed; a worker told to end before would leave it to the next.
                while not await db.fetch_value("SELECT done_at IS NOT NULL FROM outbox"):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    assert time.monotonic() - killed < WITHIN_S
    assert await db.fetch_value("SELECT attempts FROM outbox") == 2


async def _published():
    async with db.unit_of_work():
        await publish("test.noted", {})


def _begin_and_kill(settings):
    worker = subprocess.Popen(
        [sys.executable, "-c", STUCK],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with worker:
        try:
            worker.stdin.write(msgspec.json.encode(settings))
            worker.stdin.close()
            assert any(line == b"begun\n" for line in worker.stdout)
        finally:
            worker.kill()
