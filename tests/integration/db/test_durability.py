"""Each setting under which an acknowledged row can be lost is found on its own, and refused."""

import asyncio
import subprocess
import tempfile
from pathlib import Path

import pytest
from litestar.datastructures import State
from msgspec.structs import replace

from postal import db
from postal.config import DatabaseSettings, Settings
from postal.db import embedded
from postal.db.durability import check_durability, unsafe_switches
from postal.db.embedded import EmbeddedPostgres
from postal.errors import Unavailable
from postal.web.readiness import readiness


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="postal-embedded-") as name:
        yield Path(name)


async def judged(dsn):
    """Give what is found off, and how the start and readiness take it."""
    settings = DatabaseSettings(dsn=dsn)
    await db.start(settings)
    try:
        found = await unsafe_switches()
        try:
            await check_durability(settings)
            refused = False
        except Unavailable:
            refused = True
        ready = await readiness(State({"settings": replace(Settings(), database=settings)}))
        return found, refused, ready.database, ready.ready
    finally:
        await db.stop()


@pytest.mark.slow
@pytest.mark.parametrize("switch", ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"])
def test_a_server_with_one_unsafe_setting_is_refused(folder, monkeypatch, switch):
    if switch == "data_checksums":
        with EmbeddedPostgres(folder) as server:
            assert asyncio.run(judged(server.dsn))[:2] == ([], False)
        command = [str(embedded.program("pg_checksums")), "--disable", "-D", str(server.data)]
        subprocess.run(command, check=True, capture_output=True, **embedded._identity())
    else:
        monkeypatch.setitem(embedded.DURABLE, switch, "off")
    with EmbeddedPostgres(folder) as server:
        assert asyncio.run(judged(server.dsn)) == ([switch], True, "unsafe", False)
