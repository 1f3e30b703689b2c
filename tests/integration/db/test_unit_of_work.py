"""Piccolo's pitfalls P1 to P4, each reproduced against our engine."""

import asyncio

import asyncpg
import pytest
from piccolo.columns import Varchar
from piccolo.table import Table

from postal import db
from postal.db import ENGINE
from postal.db.engine import SafeEngine
from postal.errors import Unavailable

DEFERRED = """
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
GRANT SELECT, INSERT ON parent, child TO postal_app;
"""


async def as_owner_run(database, script):
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute(script)
    await connection.close()


async def fail_after(act):
    async with db.unit_of_work():
        await act()
        raise ZeroDivisionError


async def test_a_unit_of_work_keeps_everything_or_nothing(database):
    await as_owner_run(database, "CREATE TABLE t (id int); GRANT SELECT, INSERT ON t TO postal_app")
    async with db.unit_of_work():
        await db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(ZeroDivisionError):
        await fail_after(lambda: db.execute("INSERT INTO t VALUES (2)"))
    assert [row["id"] for row in await db.fetch("SELECT id FROM t")] == [1]


async def test_a_failed_commit_leaks_no_connection_and_poisons_no_context(database):
    await as_owner_run(database, DEFERRED)
    for _ in range(database.pool_max + 2):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with db.unit_of_work():
                await db.execute("INSERT INTO child VALUES (7)")
        assert not ENGINE.transaction_exists()
    async with db.unit_of_work():
        await db.execute("INSERT INTO parent VALUES (7)")
        await db.execute("INSERT INTO child VALUES (7)")
    assert await db.fetch_value("SELECT count(*) FROM child") == 1


async def test_cancellation_anywhere_leaves_the_pool_whole(database):
    await as_owner_run(database, "CREATE TABLE t (id int); GRANT SELECT, INSERT ON t TO postal_app")

    async def work():
        async with db.unit_of_work():
            await db.execute("INSERT INTO t VALUES (1)")
            await db.execute("SELECT pg_sleep(0.02)")

    for turn in range(40):
        task = asyncio.create_task(work())
        await asyncio.sleep(turn / 1000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for _ in range(database.pool_max * 2):
        async with db.unit_of_work():
            await db.execute("SELECT 1")
    assert ENGINE.pool is not None
    assert ENGINE.pool.get_size() == ENGINE.pool.get_idle_size()


async def test_nesting_is_refused(database):
    async with db.unit_of_work():
        with pytest.raises(RuntimeError, match="already open"):
            async with db.unit_of_work():
                pass
        assert await db.fetch_value("SELECT 1") == 1


async def test_gather_inside_is_refused_and_says_why(database):
    async with db.unit_of_work():
        with pytest.raises(RuntimeError, match="belongs to the task"):
            await asyncio.gather(db.fetch("SELECT 1"), db.fetch("SELECT 2"))
        assert await db.fetch_value("SELECT 3") == 3


async def test_a_task_that_outlives_its_unit_of_work_cannot_use_it(database):
    release = asyncio.Event()

    async def later():
        await release.wait()
        return await db.fetch("SELECT 1")

    async with db.unit_of_work():
        task = asyncio.create_task(later())
        await db.execute("SELECT 1")
    release.set()
    with pytest.raises(RuntimeError, match="belongs to the task"):
        await task


async def test_piccolo_queries_join_the_open_unit_of_work(database):
    class Note(Table):
        text = Varchar(null=False, default=None, required=True)

    await as_owner_run(
        database,
        "CREATE TABLE note (id serial PRIMARY KEY, text varchar NOT NULL);"
        "GRANT SELECT, INSERT ON note TO postal_app; GRANT USAGE ON SEQUENCE note_id_seq TO postal_app",
    )

    async def insert():
        await Note.insert(Note(text="gone"))
        assert await Note.count() == 1

    with pytest.raises(ZeroDivisionError):
        await fail_after(insert)
    assert await Note.count() == 0


async def test_making_an_engine_connects_to_nothing(monkeypatch):
    async def refuse(*_args, **_kwargs):
        raise AssertionError("connected")

    monkeypatch.setattr(asyncpg, "connect", refuse)
    monkeypatch.setattr(asyncpg, "create_pool", refuse)
    SafeEngine()


async def test_without_a_started_database_nothing_connects_behind_our_back():
    with pytest.raises(RuntimeError, match="not started"):
        await db.fetch("SELECT 1")


async def test_waiting_for_a_lock_ends_as_busy(database):
    await as_owner_run(database, "CREATE TABLE t (id int); GRANT SELECT, UPDATE, INSERT ON t TO postal_app")
    holder = await asyncpg.connect(database.owner_dsn)
    await holder.execute("BEGIN; LOCK TABLE t")

    async def wait():
        async with db.unit_of_work():
            await db.execute("SET LOCAL lock_timeout = '50ms'")
            await db.execute("SELECT * FROM t")

    with pytest.raises(Unavailable) as caught:
        await wait()
    assert caught.value.code == "database.busy"
    await holder.close()


async def test_statements_are_counted_on_every_path(database):
    with db.count_statements() as counted:
        async with db.unit_of_work():
            await db.execute("SELECT 1")
        await db.fetch_row("SELECT 2")
    assert [text.split(";")[0].split(" ")[0] for text in counted.texts] == [
        "BEGIN",
        "SELECT",
        "COMMIT",
        "SELECT",
    ]
