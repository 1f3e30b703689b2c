"""Every state in which PostgreSQL cannot serve for a while is told as one, not as a failure of ours."""

import asyncpg
import pytest
from msgspec.structs import replace

from postal import db
from postal.errors import Unavailable

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '{}'; END $$"
DOWN = (
    "08000", "08001", "08003", "08004", "08006", "08P01",  # the connection
    "53000", "53200", "53300",  # no memory, no connection left
    "57000", "57P01", "57P02", "57P03", "57P04", "57P05",  # stopped by somebody
    "25006", "25P03", "25P04",  # a standby now; waited for us too long
)  # fmt: skip
FULL = "53100"
BUSY = ("40001", "40P01", "40003", "55P03", "57014")


@pytest.mark.parametrize("state", DOWN)
async def test_a_state_of_the_server_is_told_as_unavailable(database, state):
    for within in (False, True):
        with pytest.raises(Unavailable) as told:
            await _raised(state, within=within)
        assert told.value.code == "database.unavailable"
    assert await db.fetch_value("SELECT 1") == 1


async def test_a_full_disk_is_told_as_one(database):
    with pytest.raises(Unavailable) as told:
        await _raised(FULL, within=True)
    assert told.value.code == "database.full"


@pytest.mark.parametrize("state", BUSY)
async def test_a_quarrel_of_transactions_is_told_as_busy(database, state):
    with pytest.raises(Unavailable) as told:
        await _raised(state, within=True)
    assert told.value.code == "database.busy"


async def test_a_statement_whose_plan_a_migration_made_useless_may_be_sent_again(empty_database):
    await db.start(replace(empty_database, pool_max=1))
    owner = await asyncpg.connect(empty_database.owner_dsn)
    try:
        await owner.execute("CREATE TABLE changing (a int); INSERT INTO changing VALUES (1)")
        await owner.execute("GRANT SELECT ON changing TO postal_app")
        await db.fetch("SELECT * FROM changing")
        await owner.execute("ALTER TABLE changing ADD COLUMN b text DEFAULT 'b'")
        with pytest.raises(Unavailable) as told:
            async with db.unit_of_work():
                await db.fetch("SELECT * FROM changing")
        assert told.value.code == "database.busy"
        assert [tuple(row) for row in await db.fetch("SELECT * FROM changing")] == [(1, "b")]
    finally:
        await owner.close()
        await db.stop()


@pytest.mark.parametrize(
    ("closed", "opened"),
    [
        ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"),
        ("CONNECTION LIMIT 0", "CONNECTION LIMIT 5"),
    ],
    ids=["takes no connections", "is full"],
)
async def test_a_database_that_lets_nobody_in_is_told_as_unavailable(
    empty_database, postgres, closed, opened
):
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    name = (empty_database.dsn or "").rpartition("/test_")[2].partition("?")[0]
    await admin.execute(f"ALTER DATABASE test_{name} {closed}")
    await db.start(empty_database)
    try:
        with pytest.raises(Unavailable):
            await db.fetch_value("SELECT 1")
        await admin.execute(f"ALTER DATABASE test_{name} {opened}")
        assert await db.fetch_value("SELECT 1") == 1
    finally:
        await db.stop()
        await admin.close()


async def _raised(state, *, within):
    if not within:
        await db.execute(RAISE.format(state))
        return
    async with db.unit_of_work():
        await db.execute(RAISE.format(state))
