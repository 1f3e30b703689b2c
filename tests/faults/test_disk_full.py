"""The disk runs full under load: clear refusals, nothing acknowledged lost, and it goes on when there is space."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.faults.house import House
from tests.faults.load import Load, compare, equip

MEGABYTES = 640
FULL_WITHIN_S = 40
BACK_WITHIN_S = 30
HELD_S = 4
PATIENCE_S = 120.0
REFUSALS = {503, 507}


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Give a small file system of its own, where this machine lets us mount one."""
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    disk = made / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("a small file system can be mounted by root alone")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0755", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(made)
        pytest.skip(f"this machine refuses to mount: {done.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def house(small_disk: Path) -> Iterator[House]:
    """Run a whole system on it."""
    house = House(small_disk / "data", POSTAL_LIMITS__REQUESTS_PER_MINUTE="0")
    try:
        house.start()
        yield house
    finally:
        house.stop()


class Ballast:
    """A file that leaves no space."""

    def __init__(self, disk: Path) -> None:
        self._file = disk / "ballast"

    def fill(self) -> None:
        """Take what is left."""
        with contextlib.suppress(OSError), self._file.open("ab", buffering=0) as file:
            while file.write(b"x" * 65536):
                pass

    def drop(self) -> None:
        """Give it back."""
        self._file.unlink()


@pytest.mark.timeout(300)
@pytest.mark.slow
async def test_a_full_disk_refuses_clearly_and_loses_nothing(house, small_disk):
    await house.ready()
    fleet = await equip(house.database, devices=4, pieces=200)
    ballast = Ballast(small_disk)
    async with Load(house.url, fleet, rate=60, seed=5, patience=PATIENCE_S) as load:
        await _until(lambda: len(load.ledger.acknowledged) > 50, 20, house)
        await asyncio.to_thread(ballast.fill)
        await _until(lambda: _refused(load), FULL_WITHIN_S, house)
        # What is read needs no space.
        async with httpx.AsyncClient(base_url=house.url, timeout=5) as client:
            assert (await client.get("/health/live")).status_code == 200
            tracked = await client.get(f"/api/v1/track/{fleet.codes[0]}")
            assert tracked.status_code == 200, tracked.text
        # Without a place for its log of changes PostgreSQL ends itself, and cannot come back before there is space.
        await _end_of_the_log(house)
        await asyncio.sleep(HELD_S)
        await asyncio.to_thread(ballast.drop)
        dropped = time.monotonic()
        await house.ready(BACK_WITHIN_S)
        await _until(lambda: _acknowledged_after(load, dropped), BACK_WITHIN_S, house)
    found = await compare(load.ledger, house.database, rebuilt=True)
    assert found.clean, found.told(load.seed)
    assert found.sent == found.acknowledged
    failed = [each for each in load.ledger.attempts if each.status is not None and each.status >= 400]
    assert {each.status for each in failed} <= REFUSALS, load.ledger.statuses()
    assert all(each.retry_after for each in failed)
    findings = await asyncio.to_thread(house.command, "doctor")
    assert [each for each in findings if each["state"] == "failed" and each["name"] != "disk"] == []


def _refused(load: Load) -> bool:
    return any("database.full" in each.code for each in load.ledger.attempts)


def _acknowledged_after(load: Load, instant: float) -> bool:
    return any(each.status == 200 and each.at + load.begun > instant for each in load.ledger.attempts[-50:])


async def _end_of_the_log(house: House) -> None:
    """Fill the segments that the server has in store, until it asks for a new one and gets none."""
    dsn = (house.database.owner_dsn or "").replace("postal_owner@", "postgres@")
    before = house.pids("postgres")
    with contextlib.suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
        connection = await asyncpg.connect(dsn)
        for _ in range(60):
            await connection.execute("SELECT pg_logical_emit_message(FALSE, 'ballast', repeat('x', 1000000))")
            await connection.execute("SELECT pg_switch_wal()")
    await _until(lambda: house.pids("postgres") != before or _panicked(house), 20, house)


def _panicked(house: House) -> bool:
    return "PANIC" in (house.folder / "postgres.log").read_text(errors="replace")


async def _until(condition, seconds: float, house: House) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, house.told()
        await asyncio.sleep(0.1)
