"""A real server process on a seeded database, and the keys of those who may ask it."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db, registry
from postal.app import create_app
from postal.config import LimitSettings, LoggingSettings, Settings, WebSettings
from postal.db.embedded import EmbeddedPostgres
from postal.identity.rules import Role
from postal.identity.service import create_key
from postal.network.service import seed_operator
from tests.conftest import SettableClock, settings_of
from tests.factories.dossiers import DESK, OFFICE, STRANGER
from tests.factories.identity import device
from tests.factories.world import World

NAME = "fuzzed"
ROUTES_OWN_LIMITS = (
    "tracking",
    "exports",
    "imports",
    "sign-in of a login",
    "sign-in of a caller",
    "enrolment of a caller",
)
ENOUGH = 1_000_000


class Target(msgspec.Struct, frozen=True):
    """Where the server is, who may ask it, what it holds, and what it said."""

    url: str
    callers: dict[str, dict[str, str]]
    codes: dict[str, str]
    log: Path


@pytest.fixture(scope="session")
def target(postgres: EmbeddedPostgres) -> Iterator[Target]:
    """Seed a database of its own and serve it by a process of its own, on real time."""
    folder = Path(tempfile.mkdtemp(prefix="postal-fuzz-"))
    settings = replace(
        Settings(),
        database=settings_of(postgres, NAME),
        data=str(folder),
        # Counting requests is not what is tested here; tests/integration/http does.
        limits=LimitSettings(
            requests_per_minute=0, anonymous_per_minute=0, named=dict.fromkeys(ROUTES_OWN_LIMITS, 0)
        ),
        logging=LoggingSettings(level="warning"),
    )
    try:
        callers, codes = asyncio.run(_seed(postgres, settings))
        with serving(settings, folder / "log") as url:
            yield Target(url, callers, codes, folder / "log")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _seed(
    postgres: EmbeddedPostgres, settings: Settings
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {NAME} TEMPLATE postal OWNER postal_owner STRATEGY FILE_COPY")
    await admin.close()
    # What the world does takes two hours, and must lie behind the server's present.
    clock = SettableClock(datetime.now(UTC) - timedelta(hours=3))  # noqa: TID251 - the server's clock is real
    clock_port.use(clock.now)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    registry.configure(settings)
    await db.start(settings.database)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            world = await World(client, clock).build()
            draft = await world.post("/manifests", {"receiver": DESK, "lines": []})
        await seed_operator()
        national = await create_key("VN", set(Role) - {Role.SCANNER}, clock.instant)
        await device("d-spare", OFFICE, now=clock.instant)
        codes = world.existing | {
            "draft": draft["code"],
            "spare device": "d-spare",
            "spare organisation": STRANGER,
        }
        callers = {
            "national": {"Authorization": f"Bearer {national}"},
            "office": world.owner,
            "desk": world.agency,
            "device": world.scanner,
            "anonymous": {},
        }
        return callers, codes
    finally:
        await db.stop()
        clock_port.use()


@contextmanager
def serving(settings: Settings, log: Path) -> Iterator[str]:
    """Run `postal serve` on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening, log.open("wb") as written:
        port = listening.getsockname()[1]
        settings = replace(settings, web=WebSettings(port=port))
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "postal.cli",
                "serve",
                "--settings-from-stdin",
                "--fd",
                str(listening.fileno()),
            ],
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=written,
            pass_fds=[listening.fileno()],
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
        )
        try:
            assert process.stdin is not None
            process.stdin.write(msgspec.json.encode(settings))
            process.stdin.close()
            url = f"http://127.0.0.1:{port}"
            _await_ready(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _await_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/health/ready", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(log.read_text())
