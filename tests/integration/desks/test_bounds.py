"""The desk's questions read as many pages of the disk however many dossiers there are elsewhere."""

import os

import asyncpg
import msgspec
import pytest

from manifests.desks.repository import today
from manifests.desks.rules.tasks import Task
from postal.db import load_sql

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SMALL, LARGE = (10_000, 300_000) if FULL else (1_500, 15_000)
A_DESK = 300
GROW = """
INSERT INTO dossier (code, procedure, procedure_version, authority, desk, office, service_mode, registered_at, status,
    due_first, due_now, received_at, ended_at, withdrawn, supplements, extensions, flags)
SELECT 'H' || desk || '-20261101-' || lpad(n::text, 7, '0'), '9.1', 1, 'H' || desk, 'MC-' || desk, 'BC-1', 'return',
    begun, CASE n % 10 WHEN 0 THEN 1 WHEN 1 THEN 9 ELSE 4 END, begun + interval '20 days', begun + interval '20 days',
    begun, CASE n % 10 WHEN 1 THEN begun + interval '9 days' END, false, (n % 50 = 5)::int, 0, '{}'
FROM (SELECT n, n / $3::int AS desk, $4::timestamptz + n % 40 * interval '1 day' AS begun
      FROM generate_series($1::int, $2::int) AS n) AS made
"""
CLOCKS = """
INSERT INTO dossier_clock
    (dossier, clock, ordinal, authority, desk, procedure, month, calendar, started_at, due, near_at)
SELECT code, CASE status WHEN 9 THEN 'C5' ELSE 'C3' END, 0, authority, desk, procedure, '2026-11', 'VN-HC',
    registered_at, due_now, due_now - interval '2 days'
FROM dossier
WHERE code NOT IN (SELECT dossier FROM dossier_clock)
"""
PEOPLE = """
INSERT INTO applicant (dossier, name, phone, created_at)
SELECT code, 'Nguyễn ' || (ARRAY['Văn', 'Thị', 'Đức', 'Hữu'])[1 + n % 4] || ' ' || substr(md5(code), 1, 5),
    '0912345678', registered_at
FROM (SELECT *, row_number() OVER (ORDER BY code) AS n FROM dossier) AS each
WHERE code NOT IN (SELECT dossier FROM applicant)
"""


def pages_of(plan):
    """Sum the pages that a plan touched, in memory or not."""
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


async def asked(connection, query, *args):
    return pages_of(
        msgspec.json.decode(
            await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *args)
        )[0]
    )


async def questions(connection, now):
    """Ask everything that the list and the search ask, for one desk among many; give the pages of each."""
    own = ["MC-1"]
    found = {}
    for task in Task:
        if task is Task.ANSWERED:
            since = now - today.ANSWERED_WITHIN
            found[task.value] = await asked(connection, today.ANSWERED, own, since, today.FIRST, "", 51, now)
            continue
        first, last = today.bounds(task, now)
        query = today.CLOCKED.replace("{condition}", today.CONDITIONS[task])
        clock = today.CLOCK.get(task, today.STATUTORY)
        found[task.value] = await asked(connection, query, own, clock, first, "", last, now, 51)
    found["brought"] = await asked(connection, today.BROUGHT, own, today.FIRST, "", 51)
    names = load_sql("shipments.dossiers", "search_names.sql")
    codes = load_sql("shipments.dossiers", "search_codes.sql")
    for key in ("nguyen thi", "a1b2c"):
        found[f"name {key}"] = await asked(connection, names, own, [f"%{key}%"], key, key, 51)
    found["code"] = await asked(connection, codes, own, "00045", 51)
    return found


@pytest.mark.timeout(600)
async def test_a_desk_reads_its_own_however_many_others_there_are(own_database, clock):
    connection = await asyncpg.connect(own_database.owner_dsn)
    now, pages, made = clock.instant, [], 0
    try:
        for size in (SMALL, LARGE):
            begun = now.replace(month=10, day=20)
            await connection.execute(GROW, made, size - 1, A_DESK, begun, timeout=300)
            await connection.execute(CLOCKS, timeout=300)
            await connection.execute(PEOPLE, timeout=300)
            # New entries of a GIN index wait in a list that every reader goes through, until they are put in.
            await connection.execute("VACUUM ANALYZE dossier, dossier_clock, applicant", timeout=300)
            made = size
            pages.append(await questions(connection, now))
    finally:
        await connection.close()
    few, many = pages
    # Twice, and the height of a tree: never ten times, as the dossiers are.
    wrong = {name: (few[name], many[name]) for name in few if many[name] > 2 * few[name] + 60}
    assert not wrong, (few, many)
    # Nothing waits for a citizen here, and to know that takes none of the clocks that run.
    assert max(few["waiting"], many["waiting"]) <= 10
    assert max(many.values()) < 3_000
