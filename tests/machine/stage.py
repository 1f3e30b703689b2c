"""The real system on the stage: PostgreSQL, the web app, the outbox, and the clock, driven step by step.

One event loop a run; the pool of connections belongs to it. Servers and processes are dropped and made again as if
they had been restarted.
"""

import asyncio
import json
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import asyncpg
import httpx
from msgspec import Struct
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db
from postal.app import create_app
from postal.config import DatabaseSettings, Settings
from postal.identity.rules import Role
from postal.law import repository as law
from postal.ledger.projections import export, rebuild
from postal.outbox import service as outbox
from tests.factories.custody import DESK, HUB, OFFICE, Scanner, network, organisation_key
from tests.factories.dossiers import AUTHORITY, PROCEDURE, a_procedure
from tests.factories.network import organisation

T = TypeVar("T")
PARTIES = (OFFICE, HUB, DESK)
ROLES = {OFFICE: (Role.CLERK,), HUB: (Role.SORTER,), DESK: (Role.DESK, Role.POST_DESK)}
BEGINNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
READER = "reader"
PASSED = """
UPDATE outbox
SET available_at = '2000-01-01', leased_until = CASE WHEN leased_until IS NOT NULL THEN timestamptz '2000-01-01' END
WHERE done_at IS NULL AND dead_at IS NULL
RETURNING id
"""


class Clock:
    """A clock that stands until moved; the whole process reads it."""

    def __init__(self) -> None:
        self.instant = BEGINNING

    def set(self, instant: datetime) -> None:
        """Stand at an instant."""
        self.instant = instant

    async def now(self) -> datetime:
        """Give the instant."""
        return self.instant


class Backdrop(Struct, frozen=True):
    """What every run begins with: a database with a network in it, and the keys of its parties and devices."""

    database: DatabaseSettings
    superuser: str
    keys: dict[str, dict[str, str]]
    devices: dict[str, tuple[str, str]]


async def paint(database: DatabaseSettings, superuser: str) -> Backdrop:
    """Settle the network in a fresh database."""
    clock = Clock()
    clock_port.use(clock.now)
    await db.start(database)
    try:
        await network(BEGINNING, PARTIES)
        await organisation(AUTHORITY)
        async with db.unit_of_work():
            await law.add_procedures([a_procedure(PROCEDURE)])
        keys = {party: await organisation_key(party, *ROLES[party], now=BEGINNING) for party in PARTIES} | {
            READER: await organisation_key("VN", Role.CONTROL, now=BEGINNING)
        }
        devices = {}
        async with httpx.AsyncClient() as nobody:
            for party in PARTIES:
                scanner = await Scanner.at(nobody, clock, party)
                devices[party] = (scanner.code, scanner.headers["Authorization"].removeprefix("Bearer "))
    finally:
        await db.stop()
        clock_port.use()
    return Backdrop(database, superuser, keys, devices)


class Stage:
    """A running system, reached by HTTP like any client's."""

    def __init__(self, backdrop: Backdrop) -> None:
        self.backdrop = backdrop
        self.clock = Clock()
        self.runner = asyncio.Runner()
        clock_port.use(self.clock.now)
        self.do(self._clean())
        self.do(db.start(backdrop.database))
        self.client = self._new_client()
        self.scanners = {
            party: Scanner(self.client, self.clock, code, party, key)
            for party, (code, key) in backdrop.devices.items()
        }

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the loop of this run."""
        return self.runner.run(work)

    async def _clean(self) -> None:
        cleaner = await asyncpg.connect(self.backdrop.superuser)
        await cleaner.execute("SELECT clean.again()")
        await cleaner.close()

    def _new_client(self) -> httpx.AsyncClient:
        settings = replace(Settings(), database=self.backdrop.database)
        free = replace(settings.limits, requests_per_minute=0, anonymous_per_minute=0)
        # A key of its own, so that a run gets the same codes again.
        known = replace(settings.secrets, code_key="00" * 32)
        app = create_app(replace(settings, limits=free, secrets=known))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://testserver")

    def restart_web(self) -> None:
        """Replace the web app: everything that it held in memory is gone."""
        self.do(self.client.aclose())
        self.client = self._new_client()
        for scanner in self.scanners.values():
            scanner.client = self.client

    def restart_worker(self) -> None:
        """Replace the pool, as a new process would."""
        self.do(db.stop())
        self.do(db.start(self.backdrop.database))

    def advance(self, delta: timedelta) -> datetime:
        """Let time pass."""
        self.clock.set(self.clock.instant + delta)
        return self.clock.instant

    def get(self, party: str, path: str, **query: Any) -> httpx.Response:
        """Read as a party."""
        return self.do(
            self.client.get(f"/api/v1{path}", params=query or None, headers=self.backdrop.keys[party])
        )

    def post(self, party: str, path: str, body: Any = None) -> httpx.Response:
        """Write as a party."""
        return self.do(self.client.post(f"/api/v1{path}", json=body, headers=self.backdrop.keys[party]))

    def upload(self, party: str, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Let a device sync; gives the verdicts."""
        return self.do(self.scanners[party].results(scans, self.clock.instant))

    def fetch(self, query: str, *args: Any) -> list[Any]:
        """Look into the database."""
        return self.do(db.fetch(query, *args))

    def run_messages(self, most: int) -> None:
        """Run some messages, as a worker does before it is stopped."""
        self.do(self._run_messages(most))

    async def _run_messages(self, most: int) -> None:
        for claimed in await outbox.claim(most):
            await outbox.run(claimed.id)

    def crash_in_message(self, turns: int) -> None:
        """Kill a worker within a message: some turns of the loop after it began, its lease still running."""
        self.do(self._crash(turns))
        self.restart_worker()
        self.do(db.execute("UPDATE outbox SET leased_until = available_at WHERE leased_until IS NOT NULL"))

    async def _crash(self, turns: int) -> None:
        for claimed in await outbox.claim(1):
            running = asyncio.create_task(outbox.run(claimed.id))
            for _ in range(turns):
                await asyncio.sleep(0)
            running.cancel()
            await asyncio.wait({running})

    def second_looks(self) -> dict[str, list[str]]:
        """Name the messages that ask for another look at closed manifests, and these manifests."""
        return {
            str(row["id"]): json.loads(row["manifests"])
            for row in self.fetch(
                "SELECT id, payload ->> 'manifests' AS manifests FROM outbox WHERE topic = $1 AND done_at IS NULL",
                "manifests.recheck",
            )
        }

    def drain(self) -> None:
        """Run whatever waits in the outbox, as if its leases and pauses had passed; what fails raises.

        A message whose worker was killed twice waits a moment by the machine's clock, for which nobody here stays.
        """
        while self.do(db.fetch(PASSED)):
            self.do(outbox.drain())

    def derived(self) -> bytes:
        """Write everything that is derived from the ledger: projections, and the copies of manifests."""
        return self.do(self._derived())

    async def _derived(self) -> bytes:
        copies = [
            row["line"]
            for table in ("manifest", "manifest_line")
            for row in await db.fetch(f"SELECT to_jsonb(t)::text AS line FROM {table} t ORDER BY 1")
        ]
        return await export() + "\n".join(copies).encode()

    def rebuild(self) -> None:
        """Make every projection again from the ledger, as `postal rebuild` does."""
        self.do(self._rebuild())

    async def _rebuild(self) -> None:
        async with db.as_owner(self.backdrop.database):
            await rebuild(chunk=3)

    def close(self) -> None:
        """End the run."""
        try:
            self.do(self.client.aclose())
            self.do(db.stop())
        finally:
            clock_port.use()
            self.runner.close()
