"""A whole system on the simulated clock, in the loop of the test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from integrations.simulation.service.client import Client
from postal import clock as clock_port
from postal import db
from postal.app import create_app
from postal.config import DatabaseSettings, Settings
from postal.identity import service as identity
from postal.identity.rules import Role
from postal.network import service as network
from postal.network.rules import OPERATOR

BEGINNING = datetime(2026, 11, 15, tzinfo=UTC)


@pytest.fixture
async def simulated(
    request: pytest.FixtureRequest, empty_database: DatabaseSettings, tmp_path: Path
) -> AsyncIterator[Client]:
    """Give a client that holds the key of the operator of a fresh system, whose clock stands at the parameter."""
    beginning = getattr(request, "param", BEGINNING)
    settings = replace(Settings(), database=empty_database, data=str(tmp_path), clock="simulated")
    settings = replace(
        settings, limits=replace(settings.limits, requests_per_minute=0, anonymous_per_minute=0)
    )
    await db.start(settings.database)
    await clock_port.claim("simulated", beginning)
    await network.seed_operator()
    key = await identity.create_key(OPERATOR, [Role.ADMIN], beginning)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
            yield Client(http, {"key:admin": key})
    finally:
        await db.stop()
        clock_port.use()
