"""The questions of users about a grown database, through the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct
from msgspec.structs import replace

from postal import db
from postal.app import create_app
from postal.config import LimitSettings, LoggingSettings, Settings
from postal.identity.rules import Role
from postal.identity.service.devices import enrol, invite_device, register_device
from shipments.pieces.rules import s10
from tests.factories.custody import (
    DESK,
    OFFICE,
    OPERATOR,
    Scanner,
    network,
    organisation_key,
    pieces,
)
from tests.growth.growing import ON_LIST, Grown

WAITING = 60
FIRST_WAITING = 90_000_000
PARTY = 1
"""The number in the names of the office and the desk that ask."""
DEVICES = {OFFICE: f"may-bc-{PARTY}", DESK: f"may-desk-{PARTY}"}


class Asker(Struct):
    """Asks about one database as its office, its desk and a citizen would."""

    grown: Grown
    client: httpx.AsyncClient
    clock: Any
    office: dict[str, str]
    desk: dict[str, str]
    scanner: Scanner
    draft: str = ""

    async def history(self, number: int) -> None:
        """Read a piece with its history."""
        answer = await self.client.get(f"/api/v1/pieces/{self.grown.piece(number)}", headers=self.desk)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["timeline"]) >= 7, answer.text

    async def track(self, number: int) -> None:
        """Ask as anybody may."""
        answer = await self.client.get(f"/api/v1/track/{self.grown.piece(number)}")
        assert answer.status_code == 200, answer.text

    async def scan(self, number: int) -> None:
        """Upload one scan of a piece."""
        now = self.clock.advance(timedelta(seconds=10))
        [result] = await self.scanner.results([self.scanner.scan("hold", self.grown.piece(number), now)], now)
        assert result["verdict"] == "accepted", result

    async def reconcile(self, number: int) -> None:
        """Reconcile the manifest that a piece was on, as it stands now."""
        answer = await self.client.get(
            f"/api/v1/manifests/{self.grown.manifest(number)}/reconciliation", headers=self.desk
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["counts"]["matched"] == ON_LIST, answer.text[:600]

    async def plan(self, _number: int) -> None:
        """Plan what waits at the office."""
        answer = await self.client.post("/api/v1/manifests/plan", json={}, headers=self.office)
        assert answer.status_code == 201, answer.text
        [self.draft] = [each["code"] for each in answer.json()["manifests"]]
        assert answer.json()["manifests"][0]["line_count"] == WAITING, answer.text[:300]

    async def unplan(self) -> None:
        """Let the planned pieces wait again."""
        answer = await self.client.post(f"/api/v1/manifests/{self.draft}/cancel", headers=self.office)
        assert answer.status_code == 200, answer.text


async def furnish(grown: Grown, clock: Any) -> None:
    """Give the database its parties, devices and persons, and pieces that wait at the office."""
    now = clock.instant
    await db.start(grown.settings)
    await network(now)
    for organisation, device in DEVICES.items():
        await register_device(device, organisation, actor=OPERATOR, now=now - timedelta(days=400))
    await pieces(*(s10("DH", FIRST_WAITING + number) for number in range(WAITING)), now=now)
    await db.stop()


@asynccontextmanager
async def asking(grown: Grown, folder: Path, clock: Any) -> AsyncIterator[Asker]:
    """Ask about a furnished database."""
    unlimited = LimitSettings(requests_per_minute=0, anonymous_per_minute=0, named={"tracking": 0})
    settings = replace(
        Settings(),
        database=grown.settings,
        data=str(folder),
        limits=unlimited,
        logging=LoggingSettings(level="error"),
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        now = clock.advance(timedelta(minutes=1))
        enrolled = await enrol((await invite_device(DEVICES[DESK], actor=OPERATOR, now=now)).code, now)
        scanner = Scanner(client, clock, DEVICES[DESK], DESK, enrolled.secret)
        # An installation of its own each time, which begins to count anew.
        scanner.epoch = f"run-{now:%H%M%S}"
        yield Asker(
            grown=grown,
            client=client,
            clock=clock,
            office=await organisation_key(OFFICE, Role.CLERK, now=now),
            desk=await organisation_key(DESK, Role.CLERK, now=now),
            scanner=scanner,
        )
