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
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from msgspec.structs import replace

from postal.config import DatabaseSettings
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
        environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
        environment |= {
            "POSTAL_DATABASE__DSN": database.dsn or "",
            "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
            "POSTAL_DATA": str(folder),
            **more,
        }
        port = _free_port()
        log = folder / f"{command}-{len(begun)}.log"
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
        begun.append(Process(process, f"http://127.0.0.1:{port}", log))
        return begun[-1]

    yield started
    for each in begun:
        each.stop()


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
