"""Web processes are killed while a file comes in: what was acknowledged is there, and the file is what was sent."""

import asyncio
import contextlib
import os
import random
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from postal import db
from postal.clock import machine_now
from tests.factories.dossiers import Desks
from tests.factories.files import Files, paper
from tests.faults.house import House

SEED = int(os.environ.get("POSTAL_TEST_SEED", secrets.randbelow(10**6)))
MIB = 1 << 20
KILLS = 8


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Run a whole system with two web processes."""
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    house = House(made / "data", POSTAL_WEB__WORKERS="2", POSTAL_LIMITS__REQUESTS_PER_MINUTE="0")
    try:
        house.start()
        await house.ready()
        yield house
    finally:
        house.stop()
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
async def office(house: House) -> AsyncIterator[Files]:
    """Sign in an office with a dossier."""
    await db.start(house.database)
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        desks = await Desks(client, machine_now()).prepare()
        office = Files(client, desks.clerk)
        office.dossier = await desks.dossier()
        yield office
    await db.stop()


async def slowly(data: bytes, dice: random.Random) -> AsyncIterator[bytes]:
    """Send as a poor line does."""
    for at in range(0, len(data), 64 * 1024):
        yield data[at : at + 64 * 1024]
        await asyncio.sleep(dice.random() * 0.01)


@pytest.mark.timeout(300)
@pytest.mark.slow
async def test_kills_at_random_offsets_lose_nothing_that_was_acknowledged(house, office):
    dice = random.Random(SEED)
    data = paper(24 * MIB)
    upload = await office.begun(data, "dossier", office.dossier)
    told, kills = 0, 0
    while True:
        await house.ready()
        offset = await _offset(office, upload, house)
        assert offset >= told, f"acknowledged {told}, there are {offset}; seed {SEED}"
        if offset == len(data):
            break
        end = min(len(data), offset + 12 * MIB)
        sending = asyncio.create_task(_sent(office, upload, offset, slowly(data[offset:end], dice)))
        if kills < KILLS:
            await asyncio.sleep(dice.random() * 0.6)
            for pid in house.pids("web"):
                house.send(pid, signal.SIGKILL)
            kills += 1
        told = max(told, offset, await sending)
    file = await office.complete(upload)
    assert file.status_code == 201, file.text
    assert (await office.get(file.json()["id"])).content == data, f"seed {SEED}"
    assert house.command("files", "check") == {"files": 1, "wrong": []}
    findings = {each["name"]: each["state"] for each in await asyncio.to_thread(house.command, "doctor")}
    assert findings["files"] == "ok"
    await _refuses_what_is_too_large(office)


async def _refuses_what_is_too_large(office: Files) -> None:
    """Over a real line: the answer comes, and it comes before the file."""
    answer = await office.attach(b"\xff" * 20 * MIB, "dossier", office.dossier)
    assert (answer.status_code, answer.json()["code"]) == (413, "file.too_large")


async def _sent(office: Files, upload: str, offset: int, body: AsyncIterator[bytes]) -> int:
    with contextlib.suppress(httpx.TransportError):
        answer = await office.send(upload, offset, body)
        if answer.status_code == 200:
            return int(answer.json()["offset"])
        assert answer.status_code == 503, answer.text
    return 0


async def _offset(office: Files, upload: str, house: House) -> int:
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            return await office.offset(upload)
        await asyncio.sleep(0.1)
    raise AssertionError(house.told())
