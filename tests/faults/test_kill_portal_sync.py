"""A real worker, killed again and again amid the synchronisation of three systems: all books are equal in the end."""

import asyncio
import random
import signal
from datetime import timedelta

import pytest

from postal.clock import machine_now
from postal.config import held
from postal.db import execute, fetch, fetch_row, fetch_value
from tests.onestop.receiver import Chances
from tests.onestop.world import World

DOSSIERS = 200
KILLS = 5
ROUND_S = 60
CHANCES = Chances(lost=0.01, unanswered=0.01, doubled=0.02, late=0.05, refused=0.01)
LEFT = """
SELECT
    (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'behind', 'sending'))
    + (SELECT count(*) FROM inbox_message WHERE state = 'waiting' AND tries < 2) AS many,
    (SELECT count(*) FROM delivery_attempt) AS tries
"""
SOON = (
    "UPDATE delivery SET due_at = $1 WHERE state = 'waiting' AND due_at > $1",
    "UPDATE delivery_destination SET open_until = NULL WHERE open_until > $1",
    "UPDATE inbox_message SET due_at = $1 WHERE state = 'waiting' AND due_at > $1",
)
"""The pauses between tries are hours long; here they are over at once."""

FREED = (
    "UPDATE delivery SET leased_until = $1 WHERE state = 'sending'",
    "UPDATE inbox_turn SET leased_until = $1 WHERE leased_until > $1",
)
"""So are the leases of a worker that is dead."""

TWICE = """
SELECT code, kind, occurred_at FROM ledger WHERE code LIKE 'H57.01-%' AND stream = 2
GROUP BY code, kind, occurred_at HAVING count(*) > 1
"""


class Killed(World):
    """The world with a worker of its own instead of work done in the test, which is killed amid it."""

    def __init__(self, client, clock, launch, folder) -> None:
        super().__init__(client, clock, DOSSIERS, CHANCES)
        self.launch, self.folder = launch, folder
        self.draw, self.after = random.Random(11), 20
        self.kills = self.cut_off = 0

    async def _meet(self, agency: str, portal: str) -> None:
        await super()._meet(agency, portal)
        (self.folder / "settings.toml").write_text(f'[outgoing]\ntrusted = ["{agency}", "{portal}"]\n')
        self._begin_worker()

    def _begin_worker(self) -> None:
        settings = held()
        config = str(self.folder / "settings.toml")
        self.worker = self.launch(
            "worker", settings.database, POSTAL_CONFIG=config, POSTAL_DATA=settings.data
        )

    async def _kill(self, tries: int) -> None:
        self.worker.process.send_signal(signal.SIGKILL)
        self.worker.process.wait()
        self.cut_off += await fetch_value("SELECT count(*) FROM delivery_attempt WHERE ended_at IS NULL")
        for statement in FREED:
            await execute(statement, machine_now())
        self.kills, self.after = self.kills + 1, tries + self.draw.randrange(40, 160)
        self._begin_worker()

    async def _post(self, body: bytes) -> dict:
        self.clock.set(machine_now())
        return await super()._post(body)

    async def _work(self) -> None:
        """Let the worker work until nothing waits for a while, and kill it where that is still to be."""
        rested = 0
        async with asyncio.timeout(ROUND_S):
            while rested < 5:
                for statement in SOON:
                    await execute(statement, machine_now())
                left = await fetch_row(LEFT)
                if self.kills < KILLS and left["tries"] >= self.after and left["many"]:
                    await self._kill(left["tries"])
                rested = 0 if left["many"] else rested + 1
                assert self.worker.process.poll() is None, self.worker.log.read_text()[-3000:]
                await asyncio.sleep(0.1)
        self.clock.set(machine_now())

    async def _round(self) -> bool:
        return await super()._round() or bool(await self.differences())


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_books_are_equal_however_often_the_worker_is_killed(client, clock, launch, folder):
    clock.set(machine_now() - timedelta(days=20))
    world = await Killed(client, clock, launch, folder).play()
    assert world.kills == KILLS
    assert world.cut_off > 0, "killed amid calls"
    assert await world.differences() == []
    assert world.agency.faults == world.portal.faults == []
    assert len(world.portal.dossiers) == DOSSIERS
    assert await fetch(TWICE) == []
    sent = await fetch("SELECT state, message::text AS id FROM delivery")
    assert {row["state"] for row in sent} <= {"done", "skipped"}
    done = {row["id"] for row in sent if row["state"] == "done"}
    assert done == world.agency.seen | world.portal.seen, "each under its own id, and nothing without a row"
    assert await fetch_value("SELECT count(*) FROM inbox_message WHERE state = 'waiting'") == 0
