"""The embedded servers, and what happens when a database goes away."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest

from postal import db
from postal.config import DatabaseSettings
from postal.db.durability import check_durability, is_old, unsafe_switches
from postal.db.embedded import EmbeddedError, EmbeddedPostgres, running_dsns
from postal.errors import Unavailable
from postal.jobs.embedded import EmbeddedValkey, running_dsn

SUPERVISOR = """
import sys, time
from pathlib import Path
from postal.db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="postal-embedded-") as name:
        yield Path(name)


def alive(pid):
    """A zombie of a killed supervisor is not alive."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def query(dsn, statement):
    async def run():
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_data_survives_a_restart_and_nothing_is_left_running(folder):
    with EmbeddedPostgres(folder) as server:
        first = server.pid
        assert running_dsns(folder) == (server.dsn, server.owner_dsn)
        query(server.owner_dsn, "CREATE TABLE kept AS SELECT 7 AS n")
    assert not alive(first)
    assert running_dsns(folder) is None
    with EmbeddedPostgres(folder) as server:
        assert query(server.owner_dsn, "SELECT n FROM kept") == 7


def test_the_product_runs_durably_and_the_roles_are_no_superusers(folder):
    with EmbeddedPostgres(folder) as server:
        for switch in ("fsync", "synchronous_commit", "full_page_writes"):
            assert query(server.dsn, f"SHOW {switch}") == "on"
        assert query(
            server.dsn,
            "SELECT array_agg(rolname || ' ' || rolsuper || rolcreatedb || rolcreaterole ORDER BY rolname)"
            " FROM pg_roles WHERE rolname LIKE 'postal%'",
        ) == ["postal_app falsefalsefalse", "postal_owner falsefalsefalse"]
        assert query(
            server.dsn, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'postal'"
        ) == ("postal_owner")
        assert query(server.owner_dsn, "SHOW listen_addresses") == ""
        assert (server.data.stat().st_mode & 0o777) == 0o700


def test_a_folder_in_use_is_refused(folder):
    with EmbeddedPostgres(folder, durable=False), pytest.raises(EmbeddedError, match="in use"):
        EmbeddedPostgres(folder, durable=False).start()


@pytest.mark.slow
def test_a_long_path_gets_a_short_socket(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    with EmbeddedPostgres(deep, durable=False) as server:
        assert query(server.dsn, "SELECT 1") == 1
        sockets = server._socket_folder
    assert not sockets.exists()


@pytest.mark.parametrize("harshness", [pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGKILL])
def test_a_killed_supervisor_takes_the_server_along(folder, harshness):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    server = int(supervisor.stdout.readline())
    assert alive(server)
    supervisor.send_signal(harshness)
    supervisor.communicate()
    until = time.monotonic() + 10
    while alive(server) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(server)
    with EmbeddedPostgres(folder, durable=False) as again:
        assert query(again.dsn, "SELECT 1") == 1


@pytest.mark.slow
def test_a_server_killed_hard_leaves_a_stale_pid_file_that_does_not_matter(folder):
    server = EmbeddedPostgres(folder)
    server.start()
    query(server.owner_dsn, "CREATE TABLE kept AS SELECT 7 AS n")
    pid = server.pid
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert (server.data / "postmaster.pid").exists()
    server._process.wait()
    server.stop()
    with EmbeddedPostgres(folder) as again:
        assert query(again.owner_dsn, "SELECT n FROM kept") == 7


@pytest.mark.slow
def test_a_torn_first_start_is_made_again(folder):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "half").write_text("x")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert query(server.dsn, "SELECT 1") == 1


def test_a_server_that_cannot_start_shows_its_log(folder, monkeypatch):
    monkeypatch.setattr("postal.db.embedded.UNSAFE", {"shared_buffers": "nonsense"})
    with pytest.raises(EmbeddedError, match="shared_buffers"):
        EmbeddedPostgres(folder, durable=False).start()


def test_valkey_starts_answers_and_stops(folder):
    with EmbeddedValkey(folder) as server:
        pid = server.pid
        assert running_dsn(folder) == server.dsn
    assert not alive(pid)
    assert running_dsn(folder) is None


@pytest.mark.slow
def test_valkey_takes_a_long_path(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    with EmbeddedValkey(deep) as server:
        assert server.pid is not None


async def test_a_server_that_could_lose_rows_is_refused_unless_allowed(postgres):
    refused = DatabaseSettings(dsn=postgres.dsn)
    await db.start(refused)
    try:
        assert await unsafe_switches() == ["fsync", "full_page_writes", "synchronous_commit"]
        with pytest.raises(Unavailable, match="ALLOW_UNSAFE_DURABILITY") as caught:
            await check_durability(refused)
        assert caught.value.code == "database.unsafe"
        await check_durability(DatabaseSettings(dsn=postgres.dsn, allow_unsafe_durability=True))
        assert not await is_old()
    finally:
        await db.stop()


async def test_a_database_that_is_down_fails_fast_and_comes_back_without_a_restart(folder):
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    settings = DatabaseSettings(dsn=server.dsn, allow_unsafe_durability=True)
    await db.start(settings)
    try:
        assert await db.fetch_value("SELECT 1") == 1
        server.stop()
        for _ in range(12):
            began = time.monotonic()
            with pytest.raises(Unavailable):
                await db.fetch_value("SELECT 1")
            assert time.monotonic() - began < 2
            assert not await db.is_reachable()
        server.start()
        assert await db.fetch_value("SELECT 1") == 1
    finally:
        await db.stop()
        server.stop()


async def test_a_pool_starts_while_the_server_is_down(folder):
    server = EmbeddedPostgres(folder, durable=False)
    settings = DatabaseSettings(dsn=server.dsn)
    await db.start(settings)
    try:
        with pytest.raises(Unavailable):
            await db.fetch_value("SELECT 1")
        server.start()
        assert await db.fetch_value("SELECT 1") == 1
    finally:
        await db.stop()
        server.stop()


async def test_a_connection_lost_inside_a_unit_of_work_is_unavailable(database, postgres):
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))

    async def cut(then):
        async with db.unit_of_work():
            pid = await db.fetch_value("SELECT pg_backend_pid()")
            await admin.execute("SELECT pg_terminate_backend($1)", pid)
            await then()

    with pytest.raises(Unavailable):
        await cut(lambda: db.execute("SELECT 1"))
    with pytest.raises(Unavailable):
        await cut(lambda: asyncio.sleep(0.05))
    await admin.close()
    async with db.unit_of_work():
        assert await db.fetch_value("SELECT 1") == 1


async def test_an_exhausted_pool_answers_soon(database):
    free = asyncio.Event()

    async def hold():
        async with db.unit_of_work():
            await free.wait()

    holders = [asyncio.create_task(hold()) for _ in range(database.pool_max)]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await db.fetch("SELECT 1")
    assert time.monotonic() - began < 2
    free.set()
    await asyncio.gather(*holders)
    assert await db.fetch_value("SELECT 1") == 1
