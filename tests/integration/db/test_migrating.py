"""Pitfalls P5 and P6: migrations under one lock, each with its mark in one transaction."""

import asyncio
import itertools
import sys
from types import ModuleType

import asyncpg
import pytest
from msgspec.structs import replace

from postal import db
from postal.config import DatabaseSettings
from postal.db import migrations
from postal.db.migrations import LOCK, Pending, concurrent_migration, known, migrate, pending, sql_migration
from postal.errors import Unavailable

_names = itertools.count(1)


@pytest.fixture
async def bare(postgres):
    """A database without any migration."""
    name = f"bare_{next(_names)}"
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {name} OWNER postal_owner")
    yield DatabaseSettings(
        dsn=postgres.dsn_of("postal_app", name), owner_dsn=postgres.dsn_of("postal_owner", name)
    )
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def invented(monkeypatch, tmp_path, *scripts):
    """Stand in for the known migrations with some of this test's own."""
    found = []
    for number, script in enumerate(scripts):
        path = tmp_path / f"m{number}.py"
        path.with_suffix(".sql").write_text(script)
        module = ModuleType(f"invented_{number}")
        module.ID, module.VERSION, module.DESCRIPTION, module.forwards = sql_migration(
            str(path), f"2000-01-0{number + 1}T00:00:00:000000", "invented", "test"
        )
        monkeypatch.setitem(sys.modules, module.__name__, module)
        found.append(Pending("invented", module.ID, "test", module.__name__))
    monkeypatch.setattr(migrations, "known", lambda: found)
    return found


async def scalar(settings, query):
    connection = await asyncpg.connect(settings.owner_dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_every_migration_has_an_id_of_its_own_and_a_reason():
    ids = [(migration.app, migration.id) for migration in known()]
    assert len(set(ids)) == len(ids)
    assert all(migration.description for migration in known())
    assert known()[0].id == "2026-11-22T00:00:00:000000"


async def test_migrating_twice_does_nothing_the_second_time(bare):
    told = []
    assert [migration.id for migration in await migrate(bare, told.append)] == [m.id for m in known()]
    assert told == known()
    assert await migrate(bare) == []
    await db.start(bare)
    assert await pending() == []
    await db.stop()


async def test_two_migrators_at_once_run_everything_once(bare):
    first, second = await asyncio.gather(migrate(bare), migrate(bare))
    assert sorted([len(first), len(second)]) == [0, len(known())]
    assert await scalar(bare, "SELECT count(*) FROM migration") == len(known())


async def test_a_failure_leaves_whole_migrations_only(bare, monkeypatch, tmp_path):
    found = invented(
        monkeypatch, tmp_path, "CREATE TABLE first (id int)", "CREATE TABLE second (id int); SELECT 1/0"
    )
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(bare)
    assert await scalar(bare, "SELECT to_regclass('first') IS NOT NULL AND to_regclass('second') IS NULL")
    assert await scalar(bare, "SELECT count(*) FROM migration") == 1
    (tmp_path / "m1.sql").write_text("CREATE TABLE second (id int)")
    assert await migrate(bare) == found[1:]


async def test_a_migrator_that_dies_between_statement_and_mark_leaves_nothing(bare, monkeypatch, tmp_path):
    invented(
        monkeypatch, tmp_path, "CREATE TABLE first (id int); SELECT pg_terminate_backend(pg_backend_pid())"
    )
    with pytest.raises(Unavailable):
        await migrate(bare)
    assert await scalar(bare, "SELECT to_regclass('first') IS NULL")
    (tmp_path / "m0.sql").write_text("CREATE TABLE first (id int)")
    assert len(await migrate(bare)) == 1


async def test_a_migration_that_waits_for_a_lock_gives_up_soon(bare, monkeypatch, tmp_path):
    invented(monkeypatch, tmp_path, "CREATE TABLE first (id int)", "ALTER TABLE first ADD COLUMN more int")
    monkeypatch.setattr(migrations, "STATEMENT_LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(migrations, "PATIENCE_S", 0.3)
    monkeypatch.setattr(migrations, "pending", lambda: _only(migrations.known()[:1]))
    await migrate(bare)
    monkeypatch.setattr(migrations, "pending", lambda: _only(migrations.known()[1:]))
    reader = await asyncpg.connect(bare.owner_dsn)
    await reader.execute("BEGIN; SELECT * FROM first")
    with pytest.raises(Unavailable, match="busy"):
        await migrate(bare)
    await reader.close()
    assert len(await migrate(bare)) == 1


async def test_a_migration_that_finds_its_table_in_use_lets_others_go_on_and_tries_again(
    bare, monkeypatch, tmp_path
):
    invented(monkeypatch, tmp_path, "CREATE TABLE first (id int)", "ALTER TABLE first ADD COLUMN more int")
    monkeypatch.setattr(migrations, "STATEMENT_LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(migrations, "pending", lambda: _only(migrations.known()[:1]))
    await migrate(bare)
    monkeypatch.setattr(migrations, "pending", lambda: _only(migrations.known()[1:]))
    reader, other = await asyncpg.connect(bare.owner_dsn), await asyncpg.connect(bare.owner_dsn)
    await reader.execute("BEGIN; SELECT * FROM first")
    migrating = asyncio.create_task(migrate(bare))
    for _ in range(10):
        # Whoever comes behind the waiting migration is let through when it gives up.
        await asyncio.wait_for(other.execute("SELECT * FROM first"), 1)
        await asyncio.sleep(0.05)
    assert not migrating.done()
    await reader.execute("COMMIT")
    assert len(await migrating) == 1
    await reader.close()
    await other.close()


async def test_an_index_is_made_without_a_transaction_and_again_after_a_failure(bare, monkeypatch, tmp_path):
    [first, second] = invented(
        monkeypatch, tmp_path, "CREATE TABLE first (id int); INSERT INTO first VALUES (1), (1)", ""
    )
    script = (
        "DROP INDEX CONCURRENTLY IF EXISTS first_id;\n"
        "CREATE UNIQUE INDEX CONCURRENTLY first_id\n    ON first (id);\n"
    )
    (tmp_path / "m1.sql").write_text(script)
    module = sys.modules[second.module]
    *_, module.forwards = concurrent_migration(str(tmp_path / "m1.py"), second.id, "invented", "test")
    with pytest.raises(asyncpg.UniqueViolationError):
        await migrate(bare)
    assert await scalar(bare, "SELECT array_agg(name) FROM migration") == [first.id]
    assert not await scalar(bare, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'first_id'::regclass")
    cleaning = await asyncpg.connect(bare.owner_dsn)
    await cleaning.execute("DELETE FROM first")
    await cleaning.close()
    monkeypatch.setattr(migrations, "pending", lambda: _only([second]))
    assert await migrate(bare) == [second]
    assert await scalar(bare, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'first_id'::regclass")


async def _only(found):
    return found


async def test_waiting_for_another_migrator_ends_with_a_clear_error(bare, monkeypatch):
    monkeypatch.setattr(migrations, "LOCK_WAIT_S", 0.1)
    other = await asyncpg.connect(bare.owner_dsn)
    await other.execute(f"SELECT pg_advisory_lock({LOCK})")
    with pytest.raises(Unavailable) as caught:
        await migrate(bare)
    assert caught.value.code == "database.migrating"
    await other.close()


async def test_without_an_owner_nothing_migrates(bare):
    with pytest.raises(RuntimeError, match="OWNER_DSN"):
        await migrate(replace(bare, owner_dsn=None))
