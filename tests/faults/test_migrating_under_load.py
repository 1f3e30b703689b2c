"""A new version's migrations come while devices scan and somebody reads a long report: nobody gets an error."""

import asyncio
import os
import sys
from types import ModuleType

import asyncpg
import httpx
import pytest

from postal.db import migrations
from postal.db.migrations import Pending, concurrent_migration, migrate, sql_migration
from tests.faults.load import Load, compare, equip

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
RATE = 60
REPORTS_S = (2.5, 5.0)[FULL]
LONGEST_WAIT_S = 2.0
# What a next version might do to the busiest tables, as CONTRIBUTING asks: the version before still runs.
TABLES = """
ALTER TABLE ledger ADD COLUMN grade smallint;
ALTER TABLE custody ADD COLUMN grade smallint NOT NULL DEFAULT 0;
ALTER TABLE custody ADD CONSTRAINT custody_grade CHECK (grade >= 0) NOT VALID;
"""
VALIDATION = "ALTER TABLE custody VALIDATE CONSTRAINT custody_grade"
INDEX = """
DROP INDEX CONCURRENTLY IF EXISTS custody_grade_code;
CREATE INDEX CONCURRENTLY custody_grade_code ON custody (grade, code);
"""
NEW = """
CREATE TABLE grade (code text PRIMARY KEY, at timestamptz NOT NULL);
GRANT SELECT, INSERT ON grade TO postal_app;
ALTER TABLE outbox ADD COLUMN grade smallint;
"""
NEXT = (
    (sql_migration, TABLES),
    (sql_migration, VALIDATION),
    (concurrent_migration, INDEX),
    (sql_migration, NEW),
)


@pytest.mark.slow
async def test_migrations_of_the_next_version_apply_under_load_and_no_request_fails(
    empty_database, launch, monkeypatch, tmp_path
):
    fleet = await equip(empty_database, devices=8)
    serving = launch("serve", empty_database)
    working = launch("worker", empty_database)
    await serving.ready()
    _next_version(monkeypatch, tmp_path)
    async with Load(serving.url, fleet, rate=RATE, seed=4) as load:
        await asyncio.sleep(0.5)
        before = len(load.ledger.attempts)
        report = asyncio.create_task(_read_a_long_report(empty_database))
        await asyncio.sleep(0.2)
        begun = asyncio.get_running_loop().time()
        assert len(await migrate(empty_database)) == len(NEXT)
        # It had to wait for the report, and did so without keeping the scans waiting.
        assert asyncio.get_running_loop().time() - begun > REPORTS_S - 1
        await report
        during = load.ledger.attempts[before:]
        newer = launch("serve", empty_database)
        await newer.ready()
        await asyncio.sleep(0.5)
        async with httpx.AsyncClient() as asking:
            assert (await asking.get(f"{serving.url}/health/ready")).status_code == 200
    assert len(during) > 20
    assert set(load.ledger.statuses()) == {200}
    assert load.ledger.slowest < LONGEST_WAIT_S
    assert (await compare(load.ledger, empty_database, rebuilt=True)).clean
    assert working.process.poll() is None


def _next_version(monkeypatch, tmp_path):
    found = []
    for number, (form, script) in enumerate(NEXT):
        path = tmp_path / f"next{number}.py"
        path.with_suffix(".sql").write_text(script)
        module = ModuleType(f"next_version_{number}")
        module.ID, module.VERSION, module.DESCRIPTION, module.forwards = form(
            str(path), f"2100-01-0{number + 1}T00:00:00:000000", "next", "test"
        )
        monkeypatch.setitem(sys.modules, module.__name__, module)
        found.append(Pending("next", module.ID, "test", module.__name__))
    monkeypatch.setattr(migrations, "known", lambda: found)


async def _read_a_long_report(settings):
    reader = await asyncpg.connect(settings.dsn)
    try:
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            await reader.fetch("SELECT count(*) FROM custody, outbox WHERE custody.code = outbox.key")
            await reader.fetch("SELECT pg_sleep($1)", REPORTS_S)
    finally:
        await reader.close()
