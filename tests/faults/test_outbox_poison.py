"""Messages that harm whoever runs them end as dead after their attempts, and stop no others."""

import asyncio
import contextlib
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from postal import db
from postal.config import RedisSettings
from postal.jobs.embedded import EmbeddedValkey
from postal.outbox import publish

ROOT = Path(__file__).parents[2]
ATTEMPTS = 3
INNOCENT = 60
WITHIN_S = 60
# Everything is a little quicker than in the product, or eight deaths would take minutes.
WORKER = f"""
import asyncio, os, resource, sys
from datetime import timedelta
import msgspec
from postal import plugin
from postal.config import Settings
from postal.jobs import worker
from postal.outbox import rules, service

rules.MAX_ATTEMPTS = {ATTEMPTS}
service.LEASE = timedelta(seconds=4)
service.RUN_LIMIT = timedelta(seconds=0.5)
service.wait_after = lambda attempt: timedelta(seconds=0.2)
resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))

async def act(payload):
    await asyncio.sleep(0.02)
    match payload["harm"]:
        case "raise":
            raise ValueError
        case "exit":
            os._exit(9)
        case "leave":
            sys.exit(9)
        case "hang":
            await asyncio.sleep(3600)
        case "eat":
            bytearray(1 << 32)
        case "cancel":
            raise asyncio.CancelledError

plugin.OUTBOX_HANDLERS["test.act"] = act
asyncio.run(worker.work(msgspec.json.decode(sys.stdin.buffer.read(), type=Settings)))
"""
HARMS = {
    "raise": "builtins.ValueError",
    "exit": "never ended",
    "leave": "builtins.SystemExit",
    "hang": "builtins.TimeoutError",
    "eat": "builtins.MemoryError",
    "cancel": "asyncio.exceptions.CancelledError",
}


class Workers:
    """Two worker processes, each started again when it dies."""

    def __init__(self, settings):
        self.settings = settings
        self.processes = [self._started() for _ in range(2)]
        self.deaths = 0

    def revive(self):
        for number, process in enumerate(self.processes):
            if process.poll() is not None:
                self.deaths += 1
                self.processes[number] = self._started()

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()

    def _started(self):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(msgspec.json.encode(self.settings))
            process.stdin.close()
        return process


@pytest.mark.parametrize(
    "with_queue",
    [pytest.param(True, id="with Valkey"), pytest.param(False, id="without")],
)
@pytest.mark.slow
async def test_poison_dies_and_everything_else_is_done(settings, tmp_path, with_queue):
    with contextlib.ExitStack() as stack:
        if with_queue:
            server = stack.enter_context(EmbeddedValkey(tmp_path))
            settings = replace(settings, redis=RedisSettings(dsn=server.dsn))
        async with db.unit_of_work():
            for number in range(INNOCENT):
                await publish("test.act", {"harm": "none"}, key=f"key-{number % 7}")
                if number % 10 == 0 and number // 10 < len(HARMS):
                    # Behind it in its key others wait, until it is dead.
                    await publish("test.act", {"harm": list(HARMS)[number // 10]}, key=f"key-{number % 7}")
        workers = Workers(settings)
        stack.callback(workers.stop)
        end = time.monotonic() + WITHIN_S
        while await db.fetch_value("SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL"):
            assert time.monotonic() < end, await db.fetch("SELECT * FROM outbox WHERE done_at IS NULL")
            await asyncio.sleep(0.1)
            workers.revive()
    rows = await db.fetch("SELECT *, payload ->> 'harm' AS harm FROM outbox")
    dead = {row["harm"]: row for row in rows if row["dead_at"] is not None}
    assert {harm: row["error"] for harm, row in dead.items()} == HARMS
    assert {row["attempts"] for row in dead.values()} == {ATTEMPTS}
    assert dead["exit"]["lost"] == workers.deaths == ATTEMPTS
    # Who ran beside a killer begins again, apart from it, and is not given up for it.
    assert max(row["attempts"] for row in rows if row["harm"] == "none") < ATTEMPTS
