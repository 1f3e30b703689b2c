"""What the benchmarks run on: one durable PostgreSQL, our web process, and bare ones beside it."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from msgspec.structs import replace

from postal import clock, db
from postal.config import DatabaseSettings, Settings
from postal.db.embedded import EmbeddedPostgres
from postal.db.migrations import migrate
from postal.ledger.partitions import ensure_months
from postal.supervision.preparation import prepare
from tests.benchmarks.wire import Wire, get

ROOT = Path(__file__).parents[2]
BARE = "bare"
PATIENCE_S = 60.0
"""A web process starts with some seconds of work for a processor, which others may want as well."""

TOLD = 2_000


class Stage:
    """Servers of one run. `port` is where our web process answers; `bare_dsn` is a second database migrated alike."""

    def __init__(self, folder: Path, server: EmbeddedPostgres, settings: Settings) -> None:
        self.folder = folder
        self.server = server
        self.settings = settings
        self.port = 0

    @property
    def dsn(self) -> str:
        """Our database, as the application."""
        return self.server.dsn

    @property
    def bare_dsn(self) -> str:
        """The database for raw limits, as the application."""
        return self.server.dsn_of("postal_app", BARE)

    @contextmanager
    def web(self) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        """Run one more of our web processes, as the supervisor does."""
        settings = replace(self.settings, database=replace(self.settings.database, owner_dsn=None))
        with self.process(["postal.cli", "serve", "--settings-from-stdin"], settings, "web") as running:
            yield running

    @contextmanager
    def process(
        self, arguments: list[str], given: Any, name: str
    ) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        """Run a web process that takes its settings on standard input, and a socket that listens; gives its port."""
        listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments, "--fd", str(listening.fileno())],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                pass_fds=(listening.fileno(),),
            )
        try:
            process.stdin.write(msgspec.json.encode(given))
            process.stdin.close()
            yield listening.getsockname()[1], process
        except TimeoutError as error:
            error.add_note((self.folder / f"{name}.log").read_text(errors="replace")[-TOLD:])
            raise
        finally:
            listening.close()
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @asynccontextmanager
    async def bare_app(self) -> AsyncIterator[int]:
        """Run bare handlers over the same database in a server configured like ours."""
        with self.process(["tests.benchmarks.bare_app"], {"dsn": self.dsn}, "bare") as (port, process):
            await until_ready(port, "/nothing", process)
            yield port


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    """Start everything; the pool of this process is open on our database meanwhile."""
    server = EmbeddedPostgres(folder, durable=True)
    server.start()
    try:
        settings = _settings(server, folder)
        await prepare(settings)
        await _make_bare(server)
        stage = Stage(folder, server, settings)
        await db.start(settings.database)
        try:
            with stage.web() as (stage.port, process):
                await until_ready(stage.port, "/health/ready", process)
                yield stage
        finally:
            await db.stop()
    finally:
        server.stop()


def _settings(server: EmbeddedPostgres, folder: Path) -> Settings:
    settings = Settings()
    return replace(
        settings,
        database=DatabaseSettings(dsn=server.dsn, owner_dsn=server.owner_dsn),
        data=str(folder),
        # The load comes from one address; behind a proxy each citizen has one of their own.
        limits=replace(settings.limits, requests_per_minute=0, anonymous_per_minute=0),
        web=replace(settings.web, trusted_proxies=("127.0.0.1",)),
    )


async def _make_bare(server: EmbeddedPostgres) -> None:
    admin = await asyncpg.connect(server.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {BARE} OWNER postal_owner")
    await admin.close()
    settings = DatabaseSettings(
        dsn=server.dsn_of("postal_app", BARE), owner_dsn=server.dsn_of("postal_owner", BARE)
    )
    await migrate(settings)
    async with db.as_owner(settings):
        await ensure_months(clock.machine_now(), ahead=1)
        # The bare limit is the table with its indexes and partitions; what our triggers add is our cost.
        await db.execute("ALTER TABLE ledger DISABLE TRIGGER USER")


async def until_ready(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers 200; raises with what it answered last, and at once where its process has ended."""
    until, last = time.monotonic() + PATIENCE_S, "nothing"
    while time.monotonic() < until:
        try:
            wire = await Wire.to(port)
            status, body = await asyncio.wait_for(wire.ask(get(path)), 5)
            wire.close()
            if status == 200:
                return
            last = f"{status}: {body[:TOLD].decode(errors='replace')}"
        except OSError:
            pass
        if process.poll() is not None:
            raise TimeoutError(f"{path} cannot be asked: the process ended with {process.returncode}")
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{path} was not ready within {PATIENCE_S:.0f} s; its last answer: {last}")
