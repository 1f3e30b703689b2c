"""Projections are a function of the rows."""

import asyncio

import asyncpg
import pytest

from postal import db
from postal.errors import Unavailable
from postal.ledger.projections import export, rebuild
from postal.ledger.service import record
from tests.factories.ledger import row

PROJECTION = """
CREATE TABLE counted (code text PRIMARY KEY, rows int NOT NULL);
GRANT SELECT, INSERT, UPDATE ON counted TO postal_app
"""


@pytest.fixture
def database(own_database):
    """These tests change the schema."""
    return own_database


async def count_rows(touched):
    await db.execute(
        "INSERT INTO counted SELECT code, count(*) FROM ledger WHERE code = ANY ($1) GROUP BY code"
        " ON CONFLICT (code) DO UPDATE SET rows = excluded.rows",
        sorted(touched.codes),
    )


@pytest.fixture
async def counted(database, monkeypatch):
    """A projection that counts the rows of each code."""
    owner = await asyncpg.connect(database.owner_dsn)
    await owner.execute(PROJECTION)
    await owner.close()
    monkeypatch.setattr("postal.registry.projectors", lambda: (count_rows,))
    monkeypatch.setattr("postal.registry.projections", lambda: ("counted",))


async def recorded(*rows):
    async with db.unit_of_work():
        return await record(rows)


@pytest.mark.usefixtures("counted")
async def test_a_rebuild_gives_the_same_bytes(database):
    rows = [row(code=f"P-{number % 11}", subjects=("S-1",)) for number in range(50)]
    for made in rows:
        await recorded(made)
    grown = await export()
    assert grown.startswith(b"counted\n")
    async with db.as_owner(database):
        await db.execute("DELETE FROM counted WHERE code < 'P-5'")
        await db.execute("INSERT INTO counted VALUES ('ghost', 1)")
        told = []
        assert await rebuild(lambda done, total: told.append((done, total)), chunk=5) == 12
    assert told == [(5, 12), (10, 12), (12, 12)]
    assert await export() == grown


@pytest.mark.usefixtures("counted")
async def test_nothing_is_recorded_while_a_rebuild_runs(database):
    await recorded(row())
    blocker = await asyncpg.connect(database.owner_dsn)
    await blocker.execute("BEGIN; SELECT pg_advisory_xact_lock(7031188022)")

    async def impatient():
        async with db.unit_of_work():
            await db.execute("SET LOCAL lock_timeout = '50ms'")
            await record([row()])

    with pytest.raises(Unavailable) as refused:
        await impatient()
    assert refused.value.code == "database.busy"
    waiting = asyncio.create_task(recorded(row()))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await blocker.execute("COMMIT")
    await waiting
    await blocker.close()


@pytest.mark.usefixtures("counted")
async def test_a_rebuild_that_fails_leaves_the_old_state(database, monkeypatch):
    await recorded(row())
    before = await export()

    async def failing(_codes):
        raise ZeroDivisionError

    monkeypatch.setattr("postal.registry.projectors", lambda: (failing,))
    async with db.as_owner(database):
        with pytest.raises(ZeroDivisionError):
            await rebuild()
    assert await export() == before
