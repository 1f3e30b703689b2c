"""Real processes of ours behind proxies, on a database of the test's own."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from msgspec.structs import replace

from postal.config import DatabaseSettings
from postal.db.embedded import EmbeddedPostgres
from postal.jobs.embedded import EmbeddedValkey
from tests.conftest import settings_of
from tests.faults.load import Fleet, equip
from tests.faults.proxy import Proxy, Upstream

ROOT = Path(__file__).parents[2]
START_S = 60
STOP_S = 10


@dataclass
class Process:
    """One `postal serve`, `postal worker` or `postal up`."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    async def ready(self) -> None:
        """Wait until it can do its work."""
        async with asyncio.timeout(START_S), httpx.AsyncClient(timeout=3) as client:
            while True:
                assert self.process.poll() is None, self.log.read_text()[-3000:]
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/health/ready")).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    def stop(self) -> None:
        """Stop it in order, or by force."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder for data and logs."""
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def launch(folder: Path) -> Iterator[object]:
    """Start `postal serve`, `up` or `worker` on settings given as POSTAL_ variables; all end with the test."""
    begun: list[Process] = []

    def started(command: str, database: DatabaseSettings, **more: str) -> Process:
        begun.append(process_of(command, folder, f"{command}-{len(begun)}", database, **more))
        return begun[-1]

    yield started
    for each in begun:
        each.stop()


def process_of(command: str, folder: Path, name: str, database: DatabaseSettings, **more: str) -> Process:
    """Start one command with its log `name` in a folder; the caller stops it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("POSTAL_")}
    environment |= {
        "POSTAL_DATABASE__DSN": database.dsn or "",
        "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
        "POSTAL_DATA": str(folder),
        **more,
    }
    port = _free_port()
    log = folder / f"{name}.log"
    options = ["--port", str(port)] if command in {"serve", "up"} else []
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "postal.cli", command, *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Process(process, f"http://127.0.0.1:{port}", log)


@dataclass
class Rig:
    """A web process and a worker, with a proxy on every way: to them, and from them to PostgreSQL and Valkey."""

    database: DatabaseSettings
    fleet: Fleet
    web: Process
    worker: Process
    to_web: Proxy
    to_postgres: Proxy
    to_valkey: Proxy
    valkey: Path

    @property
    def url(self) -> str:
        """Where clients reach the web process, through its proxy."""
        return self.to_web.url

    def heal(self) -> None:
        """Take every toxic away."""
        for proxy in (self.to_web, self.to_postgres, self.to_valkey):
            proxy.heal()

    def forget_limits(self) -> None:
        """Empty Valkey, and with it what was counted against callers."""
        with socket.socket(socket.AF_UNIX) as speaking:
            speaking.connect(str(self.valkey))
            speaking.sendall(b"FLUSHALL\r\n")
            assert speaking.recv(16).startswith(b"+OK")


@pytest.fixture(scope="session")
def running_rig(postgres: EmbeddedPostgres) -> Iterator[Rig]:
    """Run the rig once for all tests that leave it as healthy as they found it."""
    folder = Path(tempfile.mkdtemp(prefix="postal-test-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        asyncio.run(_make(postgres, "faults"))
        database = settings_of(postgres, "faults")
        valkey = stack.enter_context(EmbeddedValkey(folder))
        fleet = asyncio.run(equip(database, devices=6, pieces=600))
        to_postgres = stack.enter_context(Proxy(upstream_of(database.dsn or "")))
        listening = Path(valkey.dsn.removeprefix("unix://"))
        to_valkey = stack.enter_context(Proxy(listening))
        behind = through(to_postgres, database)
        redis = {"POSTAL_REDIS__DSN": f"redis://127.0.0.1:{to_valkey.port}"}
        processes = []
        for command in ("serve", "worker"):
            processes.append(process_of(command, folder, command, behind, **redis))
            stack.callback(processes[-1].stop)
        web, worker = processes
        asyncio.run(web.ready())
        to_web = stack.enter_context(Proxy(("127.0.0.1", int(web.url.rpartition(":")[2]))))
        yield Rig(database, fleet, web, worker, to_web, to_postgres, to_valkey, listening)


@pytest.fixture
def rig(running_rig: Rig) -> Iterator[Rig]:
    """Give the rig, and heal it afterwards."""
    running_rig.heal()
    yield running_rig
    running_rig.heal()


async def _make(postgres: EmbeddedPostgres, name: str) -> None:
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE postal OWNER postal_owner STRATEGY FILE_COPY")
    await admin.close()


@pytest.fixture
async def database_proxy(empty_database: DatabaseSettings) -> AsyncIterator[Proxy]:
    """Stand between whoever uses `behind(...)` and PostgreSQL."""
    async with Proxy(upstream_of(empty_database.dsn or "")) as proxy:
        yield proxy


def upstream_of(dsn: str) -> Upstream:
    """Give where the server of a DSN listens."""
    parts = urlsplit(dsn)
    if host := parse_qs(parts.query).get("host"):
        return Path(host[0]) / ".s.PGSQL.5432"
    return (parts.hostname or "127.0.0.1", parts.port or 5432)


def through(proxy: Proxy, settings: DatabaseSettings) -> DatabaseSettings:
    """Give settings by which the application reaches its database through a proxy; the owner goes directly."""
    parts = urlsplit(settings.dsn or "")
    user = (parts.netloc.rpartition("@")[0] or "postal_app").partition(":")[0]
    return replace(settings, dsn=f"postgresql://{user}@{proxy.address[0]}:{proxy.port}{parts.path}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
