"""Web processes and workers are killed while partners send: what was acknowledged is understood, once in effect."""

import asyncio
import os
import random
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from postal import db
from postal.clock import machine_now
from postal.config import Settings, hold
from postal.identity.rules import Role
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE, Desks
from tests.factories.identity import headers
from tests.factories.partners import partner
from tests.faults.house import House

SEED = int(os.environ.get("POSTAL_TEST_SEED", secrets.randbelow(10**6)))
MESSAGES = 120
SENDERS = 4
KILLS = 5
SUBMITTED = (machine_now() + timedelta(hours=7) - timedelta(days=1)).strftime("%Y%m%d%H%M%S")
"""Yesterday, as clocks show it in Vietnam."""


def row(number: int) -> dict[str, object]:
    """Describe a dossier by the portal's fields."""
    return {
        "MaHoSo": f"H57.01-20261123-{number:07d}",
        "MaTTHC": PROCEDURE,
        "KenhThucHien": "3",
        "HinhThuc": "1",
        "ChuHoSo": "Trần Văn Ân",
        "SoDienThoai": "0912345678",
        "NgayNopHoSo": SUBMITTED,
        "TrangThaiHoSo": "1",
        "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Tờ khai", "SoLuong": "1", "LoaiGiayTo": "1"}],
    }


def message(number: int) -> dict[str, object]:
    """Put a row into the envelope of its service."""
    return {
        "session": "",
        "madonvi": "H57",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [row(number)],
    }


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Run a whole system with two web processes."""
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    house = House(made / "data", POSTAL_WEB__WORKERS="2", POSTAL_LIMITS__REQUESTS_PER_MINUTE="0")
    try:
        house.start()
        await house.ready()
        await db.start(house.database)
        hold(Settings(data=str(house.folder)))
        yield house
        await db.stop()
    finally:
        house.stop()
        shutil.rmtree(made, ignore_errors=True)


class Program:
    """A partner's program on a bad day: what gets no answer it sends again, under the same id."""

    def __init__(self, house: House, key: dict[str, str]) -> None:
        self.house, self.key = house, key
        self.acknowledged: set[int] = set()
        self.waiting = list(range(1, MESSAGES + 1))

    async def send(self) -> None:
        """Send until everything is acknowledged."""
        async with httpx.AsyncClient(base_url=self.house.url, timeout=20) as client:
            while self.waiting:
                number = self.waiting.pop(0)
                said = {**self.key, "Message-Id": f"m-{number}"}
                try:
                    answer = await client.post(
                        "/api/v1/partners/mot-cua/messages/portal.dossiers",
                        json=message(number),
                        headers=said,
                    )
                except httpx.TransportError:
                    self.waiting.append(number)
                    continue
                if answer.status_code in {200, 202}:
                    self.acknowledged.add(number)
                else:
                    assert answer.status_code == 503, answer.text
                    self.waiting.append(number)


@pytest.mark.timeout(600)
@pytest.mark.slow
async def test_what_was_acknowledged_is_understood_once_whatever_is_killed(house):
    dice = random.Random(SEED)
    now = machine_now()
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        await Desks(client, now).prepare()
    settings = {"authority": AUTHORITY, "office": OFFICE}
    await partner("mot-cua", "agency", DESK, now=now, settings=settings)
    program = Program(house, await headers(DESK, Role.SYSTEM, now=now))
    sending = asyncio.gather(*(program.send() for _ in range(SENDERS)))
    for number in range(KILLS):
        await asyncio.sleep(dice.random() * 0.8)
        for pid in house.pids("worker" if number % 2 else "web"):
            house.send(pid, signal.SIGKILL)
        await house.ready()
    await sending
    assert program.acknowledged == set(range(1, MESSAGES + 1)), f"seed {SEED}"
    states = await _settled()
    assert states == {"done": MESSAGES}, f"{states}; seed {SEED}"
    dossiers = await db.fetch_value("SELECT count(*) FROM dossier WHERE code LIKE 'H57.01-20261123-%'")
    twice = await db.fetch_value(
        "SELECT count(*) - count(DISTINCT (code, kind)) FROM ledger WHERE code LIKE 'H57.01-20261123-%'"
    )
    assert (dossiers, twice) == (MESSAGES, 0), f"seed {SEED}"


async def _settled() -> dict[str, int]:
    """Wait until no message waits, and count them by state."""
    async with asyncio.timeout(180):
        while True:
            rows = await db.fetch(
                "SELECT concat_ws(' ', state, code, results #>> '{0,code}') AS what, count(*) AS n"
                " FROM inbox_message GROUP BY 1"
            )
            found = {str(each["what"]): int(each["n"]) for each in rows}
            if not any(what.startswith("waiting") for what in found):
                return found
            await asyncio.sleep(0.2)
