"""A worker that is killed in the middle of deliveries: every message arrives, no oftener than its tries say."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from integrations.deliveries import service
from postal.clock import machine_now
from postal.config import OutgoingSettings
from postal.db import fetch
from tests.factories.deliveries import destination, queued
from tests.factories.gateway import gateway

ROOT = Path(__file__).parents[3]
# A worker that delivers, with a short lease, so that the next one need not wait for a minute.
WORKER = """
import asyncio, sys
from datetime import timedelta
import msgspec
from integrations import plugin
from integrations.deliveries.rules import Adapter
from integrations.deliveries.service import delivering
from integrations.outgoing import service as outgoing
from integrations.outgoing.rules import Call
from postal import db
from postal.config import Settings

delivering.LEASE = timedelta(seconds=3)
url = sys.argv[1]

class Plain(Adapter):
    async def prepare(self, destination, messages, now):
        return {each.id: Call(url=url, body=b'{"n": 1}', headers={"webhook-id": str(each.id)}) for each in messages}

async def main():
    settings = msgspec.json.decode(sys.stdin.buffer.read(), type=Settings)
    outgoing.configure(settings)
    plugin.ADAPTERS["test"] = Plain()
    await db.start(settings.database)
    await delivering.keep_delivering()

asyncio.run(main())
"""


def _worker(settings, url):
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url], cwd=ROOT, stdin=subprocess.PIPE)
    worker.stdin.write(msgspec.json.encode(settings))
    worker.stdin.close()
    return worker


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_message_arrives_however_often_its_worker_is_killed(settings):
    count, kills = 400, 4
    async with gateway() as there:
        settings = replace(settings, outgoing=OutgoingSettings(trusted=(there.origin,)))
        now = machine_now()
        places = [await destination(now, code=code) for code in "ABC"]
        ids = set()
        for place in places:
            ids |= set(await queued(place, now, count // 4, key=lambda number: f"k{number % 9}"))
            ids |= set(await queued(place, now, count - count // 4))
        for _ in range(kills):
            seen = len(there.calls)
            worker = _worker(settings, f"{there.origin}/in")
            while len(there.calls) < seen + 60 and worker.poll() is None:  # noqa: ASYNC110 - another process's doing
                await asyncio.sleep(0.005)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        worker = _worker(settings, f"{there.origin}/in")
        try:
            while any([(await service.state_of(each, machine_now())).waiting for each in places]):
                assert worker.poll() is None
                await asyncio.sleep(0.1)
        finally:
            worker.terminate()
            worker.wait()
    arrived = Counter(headers["webhook-id"] for _, headers, _ in there.calls)
    assert set(arrived) == {str(each) for each in ids}, "each, under its own id"
    tries = await fetch(
        "SELECT m.message, m.state, count(*) AS n, count(*) FILTER (WHERE a.outcome = 'unknown') AS unknown,"
        " count(*) FILTER (WHERE a.outcome = 'delivered') AS delivered"
        " FROM delivery AS m JOIN delivery_attempt AS a ON a.delivery = m.id GROUP BY m.id"
    )
    assert {row["state"] for row in tries} == {"done"}
    # A try that says so did arrive, and nothing arrived without a try.
    assert all(1 <= row["delivered"] <= arrived[str(row["message"])] <= row["n"] for row in tries)
    assert sum(row["unknown"] for row in tries) > 0, "killed in the middle"
