"""A backup that is restored into another server, whose transactions are numbered from the start again."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from postal import db
from postal.config import Settings
from postal.db.embedded import EmbeddedPostgres, _binary
from postal.errors import Conflict
from postal.ledger.positions import is_of_another_server
from postal.ledger.service import record
from postal.supervision.preparation import check, prepare
from tests.conftest import settings_of
from tests.factories.feed import Reader
from tests.factories.ledger import row

# Each part that fails or not takes a number of its own, as a transaction does.
TAKE_NUMBERS = """
DO $$
BEGIN
    CREATE TEMPORARY TABLE taken (n integer);
    FOR n IN 1..5000 LOOP
        BEGIN
            INSERT INTO taken VALUES (n);
        EXCEPTION WHEN others THEN
            NULL;
        END;
    END LOOP;
END
$$
"""
NEXT = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


@pytest.fixture
def other_server():
    """Run a second server, as a machine that takes over would."""
    folder = Path(tempfile.mkdtemp(prefix="postal-test-"))
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def recorded(*rows):
    async with db.unit_of_work():
        await record(rows)


def copy(source, target):
    """Dump one database and restore it into another one."""
    dump = subprocess.run([_binary("pg_dump"), "-Fc", source], check=True, capture_output=True, cwd="/")
    subprocess.run(
        [_binary("pg_restore"), "--clean", "--if-exists", "--single-transaction", "-d", target],
        input=dump.stdout,
        check=True,
        cwd="/",
        env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"},
    )


@pytest.mark.timeout(180)
@pytest.mark.slow
async def test_a_reader_goes_on_after_a_restore_into_another_server(
    postgres, empty_database, other_server, clock, tmp_path
):
    name = empty_database.dsn.partition("@/")[2].partition("?")[0]
    await db.start(empty_database)
    await db.execute(TAKE_NUMBERS)
    old = [row() for _ in range(5)]
    for each in old:
        await recorded(each)
    reader, slow = Reader(), Reader()
    await reader.catch_up()
    await slow.read(2)
    numbers = await db.fetch_value(NEXT)
    await db.stop()

    await asyncio.to_thread(
        copy, postgres.dsn_of("postgres", name), other_server.dsn_of("postgres", "postal")
    )
    restored = settings_of(other_server, "postal")
    settings = replace(Settings(), database=restored, data=str(tmp_path))
    await db.start(restored)
    try:
        assert await db.fetch_value(NEXT) < numbers - 1000, "or the test would show nothing"
        assert await is_of_another_server()
        with pytest.raises(Conflict) as refused:
            await check(settings)
        assert refused.value.code == "database.restored"
        await prepare(settings)
        await check(settings)
        new = [row() for _ in range(5)]
        for each in new:
            await recorded(each)
        wanted = [each.content.id for each in (*old, *new)]
        for one in (reader, slow, Reader()):
            assert [event.id for event in await one.catch_up(3)] == wanted
    finally:
        await db.stop()
