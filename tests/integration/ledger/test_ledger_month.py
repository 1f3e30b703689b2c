"""The months of codes: exact for every id, whatever partition its row stands in, whoever wrote it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postal import db
from postal.db.migrations import known, migrate
from postal.identifiers import new_id
from postal.ledger.repository import rows_of
from postal.ledger.service import record
from tests.factories.ledger import row

MONTH_OF_IDS = "SELECT DISTINCT code, ledger_month_of(id)::text AS month FROM ledger ORDER BY 1, 2"
MONTHS = "SELECT code, month::text FROM ledger_month ORDER BY 1, 2"
LAST_OF_MAY = datetime(2027, 5, 31, 23, 59, 59, 999000, tzinfo=UTC)
ODD = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 31, 23, 59, 59, 999000, tzinfo=UTC),
    datetime(2026, 11, 30, 23, 59, 59, 999000, tzinfo=UTC),
    datetime(2026, 12, 1, tzinfo=UTC),
    LAST_OF_MAY,
    LAST_OF_MAY + timedelta(milliseconds=1),
    datetime(2199, 2, 28, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
)
ids = st.sampled_from(ODD).map(new_id) | st.uuids() | st.sampled_from([UUID(int=0), UUID(int=2**128 - 1)])
many = st.lists(st.tuples(ids, st.sampled_from(("P-1", "P-2", "P-3"))), min_size=1, max_size=12)


async def recorded(*rows):
    async with db.unit_of_work():
        return await record(rows)


@settings(max_examples=20)
@given(batches=st.lists(many, min_size=1, max_size=3))
async def test_look_ups_find_what_a_plain_scan_finds(database, clean, batches):
    await clean()
    for batch in batches:
        await recorded(*(row(id=id_, code=code) for id_, code in batch))
    assert [tuple(each) for each in await db.fetch(MONTHS)] == [
        tuple(each) for each in await db.fetch(MONTH_OF_IDS)
    ]
    found = await rows_of(("P-1", "P-2", "P-3"))
    plain = {(each["code"], each["id"]) for each in await db.fetch("SELECT code, id FROM ledger")}
    assert {(code, each.content.id) for code, sets in found.items() for each in sets.rows} == plain


async def test_a_row_that_moves_into_a_new_month_is_found_as_before(own_database):
    odd = [row(id=new_id(at), occurred_at=at) for at in ODD]
    await recorded(*odd)
    before = await rows_of([odd[0].content.code])
    async with db.as_owner(own_database):
        for at in (*ODD[:-1], datetime(2199, 3, 1, tzinfo=UTC)):
            await db.fetch_value("SELECT ledger_add_month($1)", at)
        moved = await db.fetch("SELECT DISTINCT tableoid::regclass::text AS name FROM ledger")
    assert len(moved) == 7
    assert await rows_of([odd[0].content.code]) == before
    assert len(before[odd[0].content.code].rows) == len(ODD)


async def test_every_id_lies_between_the_bounds_of_its_month(database):
    wrong = await db.fetch(
        "SELECT id FROM unnest($1::uuid[]) AS id"
        " WHERE id NOT BETWEEN ledger_month_low(ledger_month_of(id)) AND ledger_month_high(ledger_month_of(id))",
        [new_id(at) for at in ODD] + [UUID(int=0), UUID(int=2**128 - 1)],
    )
    assert wrong == []
    gaps = await db.fetch(
        "SELECT month FROM generate_series(date '1970-01-01', date '10889-07-01', interval '1 month') AS month"
        " WHERE ledger_month_of(ledger_month_low(month::date)) <> month"
        " OR ledger_month_of(ledger_month_high(month::date)) <> month"
        " OR ledger_month_low(month::date) <> ledger_bound(month AT TIME ZONE 'UTC')"
    )
    assert gaps == []


@pytest.fixture
async def before_months(postgres, monkeypatch):
    """A database as the release before left it, without months of codes."""
    every = known()
    first = next(number for number, each in enumerate(every) if each.id == "2026-11-22T00:40:00:000000")
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute("CREATE DATABASE before_months OWNER postal_owner")
    found = db.ENGINE.settings.__class__(
        dsn=postgres.dsn_of("postal_app", "before_months"),
        owner_dsn=postgres.dsn_of("postal_owner", "before_months"),
        allow_unsafe_durability=True,
    )
    with monkeypatch.context() as patch:
        patch.setattr("postal.db.migrations.known", lambda: every[:first])
        await migrate(found)
    yield found
    await admin.execute("DROP DATABASE before_months WITH (FORCE)")
    await admin.close()


async def test_rows_of_the_release_before_are_found_after_the_migration(before_months, clock):
    old = await asyncpg.connect(before_months.dsn)
    add = (
        "INSERT INTO ledger (id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind,"
        " code, verdict, content_hash, subjects) VALUES ($1, now(), now(), now(), 0, 1, 1, 'pack', 'P-1', 'accepted',"
        " sha256('x'), '{TUI-1}')"
    )
    link = (
        "INSERT INTO ledger_subject (subject, row_id, stream, code) VALUES ('TUI-1', $1, 1, 'P-1')"
        " ON CONFLICT DO NOTHING"
    )
    made = [new_id(at) for at in ODD]
    for id_ in made[:-1]:
        await old.execute(add, id_)
        await old.execute(link, id_)
    await migrate(before_months)
    # It still runs, and knows nothing of months.
    await old.execute(add, made[-1])
    await old.execute(link, made[-1])
    assert await old.fetchval("SELECT count(*) FROM ledger_subject") == 1
    await old.close()
    await db.start(before_months)
    found = await rows_of(["P-1", "TUI-1"])
    await db.stop()
    assert {each.content.id for each in found["P-1"].rows} == set(made)
    assert found["TUI-1"].rows == found["P-1"].rows
