"""A database with a network in it, made once and given back as it was before each run."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from postal.db.embedded import EmbeddedPostgres
from tests.conftest import settings_of
from tests.machine.stage import Backdrop, paint

NAME = "machine"


@pytest.fixture(scope="session")
def backdrop(postgres: EmbeddedPostgres) -> Backdrop:
    """Make the database of the machine."""
    return asyncio.run(_prepare(postgres))


async def _prepare(server: EmbeddedPostgres) -> Backdrop:
    admin = await asyncpg.connect(server.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {NAME} TEMPLATE postal OWNER postal_owner")
    await admin.close()
    backdrop = await paint(settings_of(server, NAME), server.dsn_of("postgres", NAME))
    inside = await asyncpg.connect(server.dsn_of("postgres", NAME))
    await inside.execute((Path(__file__).parents[1] / "cleaning.sql").read_text())
    await inside.close()
    return backdrop
