"""Real workers, killed again and again amid handing on: each event is queued once for each subscriber, and all come."""

import asyncio
import random
import signal

import pytest
from msgspec.structs import replace

from postal import clock, db, registry
from postal.db import execute, fetch_value
from postal.ledger.service import record
from shipments.pieces.rules import s10
from tests.factories.custody import OFFICE, network, pieces
from tests.factories.pieces import a_scan
from tests.factories.receivers import receiver, subscribed

ITEMS = [s10("DH", 80_000_000 + number) for number in range(20)]
EVENTS = 3_000
SUBSCRIBERS = 3
KILLS = 5
ROUND_S = 120
DONE = "SELECT count(*) FROM delivery WHERE state = 'done'"


@pytest.mark.slow
@pytest.mark.timeout(1_200)
async def test_workers_killed_amid_handing_on_queue_each_event_once(client, settings, launch, folder):
    now = clock.machine_now()
    draw = random.Random(7)
    async with receiver() as outside:
        outgoing = replace(settings.outgoing, trusted=(outside.origin,))
        registry.configure(replace(settings, outgoing=outgoing, data=str(folder)))
        await network(now)
        await pieces(*ITEMS, now=now, origin=OFFICE)
        for number in range(SUBSCRIBERS):
            await subscribed(OFFICE, f"{outside.origin}/{number}", now)
        written = []
        for _ in range(EVENTS // 100):
            rows = [a_scan("hold", draw.choice(ITEMS), OFFICE, now) for _ in range(100)]
            async with db.unit_of_work():
                await record(rows)
            written += [(row.content.code, str(row.content.id)) for row in rows]

        def begin():
            file = folder / "settings.toml"
            file.write_text(f'[outgoing]\ntrusted = ["{outside.origin}"]\n')
            return launch("worker", settings.database, POSTAL_CONFIG=str(file))

        async def queued():
            return await fetch_value("SELECT count(*) FROM delivery")

        for _ in range(KILLS):
            worker = begin()
            wanted = min(await queued() + draw.randint(1, 700), EVENTS * SUBSCRIBERS)
            async with asyncio.timeout(ROUND_S):
                while await queued() < wanted:  # noqa: ASYNC110 - a state of the database
                    await asyncio.sleep(0.01)
            worker.process.send_signal(signal.SIGKILL)
            worker.process.wait()
            await execute("UPDATE delivery SET leased_until = $1 WHERE state = 'sending'", now)
        begin()
        async with asyncio.timeout(6 * ROUND_S):
            while await fetch_value(DONE) < EVENTS * SUBSCRIBERS:  # noqa: ASYNC110 - a state of the database
                await asyncio.sleep(0.5)
        assert await queued() == EVENTS * SUBSCRIBERS
        assert len(outside.events) == EVENTS * SUBSCRIBERS
        told = [(event["code"], event["id"]) for event in outside.events]
        assert sorted(told) == sorted(written * SUBSCRIBERS)
