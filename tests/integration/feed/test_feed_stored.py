"""Positions of rows: what the server notes, what moves with them, and how little a page reads."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from integrations.feed.repository import PAGE
from integrations.feed.rules import Cursor
from postal import db
from postal.identifiers import new_id
from postal.ledger.partitions import ensure_months
from postal.ledger.positions import begin_era, ensure_era
from postal.ledger.service import record
from tests.factories.feed import Reader
from tests.factories.ledger import row

ERA = 2**48
NIL = "00000000-0000-0000-0000-000000000000"
TYPES = "bigint, bigint, uuid, bytea, integer, boolean, text[], text[], integer, smallint[], text[], text[]"
SETTLED = "feed_position(pg_snapshot_xmin(pg_current_snapshot()))"
ROWS, PAGE_SIZE, MONTHS = 30_000, 500, 3
MANY = """
INSERT INTO ledger (
    id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict, content_hash,
    organisation, body, position
)
SELECT
    overlay(ledger_bound(at)::text PLACING substr(gen_random_uuid()::text, 15) FROM 15)::uuid, at, at, at, 0, 1, 1,
    'receive', 'DH' || n % 2000, 'accepted', sha256('x'), 'BC-1', '{"place": "BC-1"}', $1::bigint + 1000 + n / 2
FROM generate_series(1, $2::integer) AS n
CROSS JOIN LATERAL (SELECT '2026-11-03'::timestamptz + n * interval '4 minutes') AS t (at)
"""
BEFORE = """
INSERT INTO ledger (
    id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict, content_hash,
    position
)
SELECT gen_random_uuid(), at, at, at, 0, 1, 1, 'hold', 'DH', 'accepted', sha256('x'), 0
FROM generate_series(1, 25), (VALUES ('2026-11-03'::timestamptz)) AS t (at)
"""


@pytest.fixture
def database(own_database):
    """These tests change the schema."""
    return own_database


async def recorded(*rows):
    async with db.unit_of_work():
        await record(rows)


async def test_rows_from_before_come_first_and_once(database):
    async with db.as_owner(database):
        await db.execute(BEFORE)
    later = row()
    await recorded(later)
    for limit in (1, 4, 1000):
        reader = Reader()
        events = await reader.catch_up(limit)
        assert [event.id for event in events[:-1]] == sorted({event.id for event in events[:-1]})
        assert len(events) == 26
        assert events[-1].id == later.content.id


async def test_a_row_that_moves_to_its_month_keeps_its_place(database):
    at = datetime(2027, 3, 5, tzinfo=UTC)
    rows = [row(occurred_at=at, id=new_id(at)) for _ in range(3)]
    for each in rows:
        await recorded(each)
    reader = Reader()
    before = list(await reader.catch_up())
    async with db.as_owner(database):
        assert "ledger_2027_03" in await ensure_months(at, ahead=0)
    assert await Reader().catch_up() == before
    assert await reader.catch_up() == before
    last = row(occurred_at=at, id=new_id(at))
    await recorded(last)
    assert [event.id for event in await reader.catch_up()] == [each.content.id for each in (*rows, last)]


async def test_positions_are_no_part_of_what_is_hashed_or_shown_of_a_row(database):
    first = row()
    await recorded(first)
    [stored] = await db.fetch("SELECT * FROM ledger")
    assert stored["position"] > ERA
    # A transaction that begins to write when it has the lock costs no byte more.
    assert stored["turn"] is None
    from postal.ledger.verification import verify

    assert (await verify()).mismatched == ()


async def test_whoever_writes_while_an_era_ends_is_waited_for(database):
    written, may_end = asyncio.Event(), asyncio.Event()
    first, second = row(), row()

    async def write():
        async with db.unit_of_work():
            await record([first])
            written.set()
            await may_end.wait()

    async def begin():
        async with db.as_owner(database):
            await db.execute("SET lock_timeout = '20s'")
            return await begin_era()

    writing = asyncio.create_task(write())
    await written.wait()
    beginning = asyncio.create_task(begin())
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation')"
    while not await db.fetch_value(waiting):  # noqa: ASYNC110 - the event is in the server
        await asyncio.sleep(0.01)
    assert not beginning.done()
    may_end.set()
    await writing
    assert await beginning == 2
    await recorded(second)
    found = {
        each["id"]: each["position"] // ERA for each in await db.fetch("SELECT id, position FROM ledger")
    }
    assert found == {first.content.id: 1, second.content.id: 2}
    assert [event.id for event in await Reader().catch_up(1)] == [first.content.id, second.content.id]


async def test_a_server_that_was_set_back_begins_an_era_and_only_one(database):
    reader = Reader()
    await recorded(row())
    await reader.catch_up()
    async with db.as_owner(database):
        assert await ensure_era() is None
        await db.execute("UPDATE feed_era SET timeline = '0000ABCD'")
        assert await ensure_era() == 2
        assert await ensure_era() is None
    last = row()
    await recorded(last)
    assert (await reader.catch_up())[-1].id == last.content.id
    assert len(reader.events) == 2


def scans(node):
    """Walk a plan and give every node that reads a table."""
    if "Relation Name" in node:
        yield node
    for child in node.get("Plans", ()):
        yield from scans(child)


def read_of(node):
    return (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]


async def test_a_page_reads_its_own_range_of_an_index_and_no_history(database):
    async with db.as_owner(database):
        await ensure_months(datetime(2026, 12, 20, tzinfo=UTC), ahead=1)
        await db.execute(MANY, ERA, ROWS)
        await db.execute("ANALYZE ledger")
        # The rows above are of a server that had written more than this one.
        await begin_era()
        await db.execute(f"PREPARE page ({TYPES}) AS {PAGE}")
        await db.execute(f"PREPARE end_of_page ({TYPES}) AS {PAGE.replace(SETTLED, str(ERA + 1000 + 5))}")
        for plan in ("force_custom_plan", "force_generic_plan"):
            await db.execute(f"SET plan_cache_mode = {plan}")
            for everything in ("true", "false"):
                for done in (0, 0.5, 0.999):
                    position = ERA + 1000 + int(ROWS / 2 * done) if done else 0
                    assert await rows_read("page", position, everything) <= PAGE_SIZE + 2 * 16 + MONTHS
                # Whatever another writer holds back is not looked at either.
                assert await rows_read("end_of_page", ERA + 1000, everything) <= 2 * 16 + MONTHS
        await db.execute("DEALLOCATE ALL")
    reader = Reader(after=Cursor(ERA + 1000 + ROWS // 4, 0, new_id(datetime(2026, 1, 1, tzinfo=UTC)), ""))
    assert len(await reader.catch_up(1000)) == ROWS // 2 + 1


async def rows_read(statement, position, everything):
    """Run a prepared page and count the rows of the ledger that it looked at, all by an index."""
    [[found]] = await db.fetch(
        f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {statement} ({position}, 0, '{NIL}', '', {PAGE_SIZE}, {everything},"
        f" ARRAY['BC-1'], NULL, {PAGE_SIZE}, NULL, NULL, NULL)"
    )
    nodes = [
        node for node in scans(json.loads(found)[0]["Plan"]) if node["Relation Name"].startswith("ledger")
    ]
    # A partition that is empty may be looked at whole.
    assert {node["Node Type"] for node in nodes if read_of(node)} <= {"Index Scan"}
    return sum(map(read_of, nodes))
