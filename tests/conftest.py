"""Fixtures of every test: one embedded PostgreSQL a process, a fresh migrated database a test, a settable clock."""

import asyncio
import gc
import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from litestar import Litestar
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db, registry
from postal.config import DatabaseSettings, Settings
from postal.db.connection import PULSE
from postal.db.embedded import EmbeddedPostgres
from postal.db.engine import ENGINE
from postal.db.lifeline import Lifeline
from postal.db.migrations import migrate
from postal.ledger.partitions import ensure_months
from tests.factories.applications import application

VIETNAM = timezone(timedelta(hours=7))
START = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)

for profile, examples in (("ci", 100), ("full", 1000)):
    hypothesis_settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
hypothesis_settings.load_profile(os.environ.get("POSTAL_TEST_PROFILE", "ci"))

_numbers = itertools.count(1)


def pytest_collection_finish() -> None:
    """Look for garbage only in what tests make: modules and thousands of collected tests stay to the end anyway."""
    gc.freeze()


class SettableClock:
    """A clock that stands still until told."""

    def __init__(self, instant: datetime) -> None:
        self.set(instant)

    def set(self, instant: datetime) -> None:
        """Jump to an instant, forwards or back."""
        self.instant = instant.astimezone(UTC)

    def advance(self, delta: timedelta) -> datetime:
        """Go on by a span and give the new instant."""
        self.instant += delta
        return self.instant

    async def now(self) -> datetime:
        """Give the instant."""
        return self.instant


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """Run a server whose database `postal` is migrated and stays empty: the template of every test's own."""
    folder = Path(tempfile.mkdtemp(prefix="postal-test-"))
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        asyncio.run(_prepare(server))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _prepare(server: EmbeddedPostgres) -> None:
    settings = DatabaseSettings(dsn=server.dsn, owner_dsn=server.owner_dsn)
    await migrate(settings)
    async with db.as_owner(settings):
        await ensure_months(START, ahead=1)
        for seed in registry.seeds():
            await seed()


@pytest.fixture
def clock() -> Iterator[SettableClock]:
    """Stand at Monday 2026-11-23 08:00 in Vietnam until the test says otherwise."""
    settable = SettableClock(START)
    clock_port.use(settable.now)
    yield settable
    clock_port.use()


@pytest.fixture
async def empty_database(postgres: EmbeddedPostgres) -> AsyncIterator[DatabaseSettings]:
    """Make a migrated database of this test's own, without starting a pool; for tests that change its schema."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE postal OWNER postal_owner STRATEGY FILE_COPY")
    yield settings_of(postgres, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def own_database(
    empty_database: DatabaseSettings, clock: SettableClock
) -> AsyncIterator[DatabaseSettings]:
    """Start the pool of the application role on this test's own database."""
    await db.start(empty_database)
    yield empty_database
    await db.stop()


@pytest.fixture(scope="session")
def shared_database(postgres: EmbeddedPostgres) -> DatabaseSettings:
    """Make one database that tests use one after the other: cleaning costs milliseconds, making one a hundred."""
    asyncio.run(_prepare_shared(postgres))
    return settings_of(postgres, "shared")


async def _prepare_shared(server: EmbeddedPostgres) -> None:
    admin = await asyncpg.connect(server.dsn_of("postgres", "postgres"))
    await admin.execute("CREATE DATABASE shared TEMPLATE postal OWNER postal_owner")
    await admin.close()
    inside = await asyncpg.connect(server.dsn_of("postgres", "shared"))
    await inside.execute((Path(__file__).parent / "cleaning.sql").read_text())
    await inside.close()


class Cleaner:
    """Cleans the shared database over one connection, in a loop of its own: a new one would plan everything anew."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def again(self) -> None:
        """Make the database as it was when it was made."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._again(), self._loop))

    async def _again(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._dsn)
        await self._connection.execute("SELECT clean.again()")

    def stop(self) -> None:
        """Close the connection and the loop."""
        if self._connection is not None:
            asyncio.run_coroutine_threadsafe(self._connection.close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(scope="session")
def cleaner(shared_database: DatabaseSettings, postgres: EmbeddedPostgres) -> Iterator[Cleaner]:
    """Keep what cleans the shared database."""
    kept = Cleaner(postgres.dsn_of("postgres", "shared"))
    yield kept
    kept.stop()


@pytest.fixture
def clean(cleaner: Cleaner) -> Callable[[], Awaitable[None]]:
    """Give what cleans the shared database, for a test with several runs inside."""
    return cleaner.again


class KeptPool:
    """Keeps the connections to the shared database from one test to the next: new ones read every catalogue anew."""

    def __init__(self) -> None:
        self._kept: tuple[asyncpg.Pool, Lifeline] | None = None

    async def begin(self, settings: DatabaseSettings) -> None:
        """Start the database, with the connections of the test before if it left them in order."""
        if self._kept is None or ENGINE.pool is not None:
            await db.start(settings)
            return
        (ENGINE.pool, ENGINE._lifeline), self._kept = self._kept, None
        ENGINE.settings, ENGINE._users = settings, 1
        PULSE.away_until = 0.0

    async def end(self) -> None:
        """Stop the database; connections that rest are kept for the next test."""
        pool, lifeline = ENGINE.pool, ENGINE._lifeline
        if ENGINE._users == 1 and pool and lifeline and pool.get_size() == pool.get_idle_size():
            ENGINE.pool, ENGINE._lifeline, ENGINE._users = None, None, 0
            self._kept = (pool, lifeline)
        else:
            await db.stop()


KEPT = KeptPool()


@pytest.fixture
async def database(
    shared_database: DatabaseSettings, clean: Callable[[], Awaitable[None]], clock: SettableClock
) -> AsyncIterator[DatabaseSettings]:
    """Start the pool of the application role on a database that is as migrated and seeded."""
    await clean()
    await KEPT.begin(shared_database)
    before = asyncio.all_tasks()
    yield shared_database
    # The loop goes on with the next test: what this one left running ends here, as a loop of its own would end it.
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await KEPT.end()


def settings_of(server: EmbeddedPostgres, name: str) -> DatabaseSettings:
    """Give settings for one database of the tests' server."""
    return DatabaseSettings(
        dsn=server.dsn_of("postal_app", name),
        owner_dsn=server.dsn_of("postal_owner", name),
        pool_max=5,
        allow_unsafe_durability=True,
    )


@pytest.fixture
def settings(database: DatabaseSettings, tmp_path: Path) -> Settings:
    """Give settings for an app on this test's database."""
    return replace(Settings(), database=database, data=str(tmp_path))


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Speak HTTP to the app, in the loop of the test."""
    app = application(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with _alive(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as speaking:
        yield speaking


@asynccontextmanager
async def _alive(app: Litestar) -> AsyncIterator[None]:
    """Hold the lifespan in a task of its own: it must end in the task that began it, and a fixture's end may not be."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            begun.set()
            await over.wait()

    life = asyncio.create_task(live())
    beginning = asyncio.create_task(begun.wait())
    await asyncio.wait({life, beginning}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not life.done():
            yield
    finally:
        beginning.cancel()
        over.set()
        await life
