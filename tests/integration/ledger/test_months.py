"""Months of ids, and what nobody may do to the ledger."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from postal import db
from postal.identifiers import lowest_id, new_id
from postal.ledger.partitions import ensure_months, months
from postal.ledger.repository import row_set
from postal.ledger.service import record
from tests.factories.ledger import row

IN_MARCH = datetime(2027, 3, 31, 23, 59, 59, 999000, tzinfo=UTC)
IN_APRIL = datetime(2027, 4, 1, tzinfo=UTC)


@pytest.fixture
def database(own_database):
    """These tests change the schema."""
    return own_database


async def recorded(*rows):
    async with db.unit_of_work():
        return await record(rows)


async def partition_of(database, id_):
    async with db.as_owner(database):
        return await db.fetch_value("SELECT tableoid::regclass::text FROM ledger WHERE id = $1", id_)


async def test_a_month_that_already_has_rows_is_made_and_its_rows_move(database):
    last, first = (
        row(occurred_at=IN_MARCH, id=new_id(IN_MARCH)),
        row(occurred_at=IN_APRIL, id=new_id(IN_APRIL)),
    )
    await recorded(last, first)
    assert await partition_of(database, last.content.id) == "ledger_default"
    async with db.as_owner(database):
        assert await ensure_months(IN_MARCH, ahead=0) == ["ledger_2027_02", "ledger_2027_03"]
        assert await ensure_months(IN_MARCH, ahead=0) == []
    assert await partition_of(database, last.content.id) == "ledger_2027_03"
    assert await partition_of(database, first.content.id) == "ledger_default"
    assert {r.content.id for r in (await row_set(last.content.code)).rows} == {
        last.content.id,
        first.content.id,
    }
    again = await recorded(last)
    assert again[last.content.id].status == "same"


async def test_the_bound_of_a_month_is_the_lowest_id_of_its_first_millisecond(database):
    for instant in (IN_APRIL, datetime(1970, 1, 1, tzinfo=UTC), datetime(2524, 2, 1, tzinfo=UTC)):
        assert await db.fetch_value("SELECT ledger_bound($1)", instant) == lowest_id(instant)
    assert lowest_id(IN_APRIL) > new_id(IN_APRIL - timedelta(milliseconds=1))
    assert lowest_id(IN_APRIL) < new_id(IN_APRIL)


async def test_months_are_made_ahead_once(database):
    async with db.as_owner(database):
        await ensure_months(datetime(2026, 12, 31, 20, tzinfo=UTC), ahead=2)
        found = await months()
    assert found == sorted(found)
    assert {"ledger_2026_11", "ledger_2026_12", "ledger_2027_01", "ledger_2027_02", "ledger_default"} <= set(
        found
    )


async def test_the_application_may_only_read_and_add(database):
    first = row()
    await recorded(first)
    for statement in (
        "UPDATE ledger SET verdict = 'x'",
        "DELETE FROM ledger",
        "TRUNCATE ledger",
        "UPDATE ledger_subject SET code = 'x'",
        "DELETE FROM ledger_dispute",
        "TRUNCATE ledger_dispute",
        "DELETE FROM ledger_2026_11",
        "DROP TABLE ledger_default",
        "SELECT ledger_add_month('2030-01-01')",
        "ALTER TABLE ledger DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(statement)
    async with db.unit_of_work():
        await db.execute("SELECT set_config('postal.routine', 'ledger_add_month', true)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("DELETE FROM ledger")
    assert (await row_set(first.content.code)).rows == (first,)


@pytest.mark.parametrize(
    "table", ["ledger", "ledger_2026_11", "ledger_default", "ledger_subject", "ledger_dispute"]
)
async def test_the_owner_is_refused_as_well(database, table):
    first, mad = row(subjects=("P-9",)), row(occurred_at=datetime(1980, 1, 1, tzinfo=UTC))
    await recorded(first, mad)
    await recorded(row(id=first.content.id, code="P-OTHER"))
    column = "subject" if table == "ledger_subject" else "verdict"
    async with db.as_owner(database):
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await db.execute(statement)


async def test_every_privilege_of_the_application_on_the_ledger_is_select_or_insert(database):
    granted = await db.fetch(
        "SELECT c.relname, p.privilege FROM pg_class c,"
        " unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER','MAINTAIN'])"
        " AS p (privilege)"
        " WHERE c.relname LIKE 'ledger%' AND c.relkind IN ('r', 'p')"
        " AND has_table_privilege('postal_app', c.oid, p.privilege) ORDER BY 1, 2"
    )
    assert {(r["relname"], r["privilege"]) for r in granted} == {
        (table, privilege)
        for table in ("ledger", "ledger_month", "ledger_subject", "ledger_dispute")
        for privilege in ("SELECT", "INSERT")
    }


async def test_looking_up_ids_reads_only_their_months(database):
    plan = await db.fetch(
        "EXPLAIN SELECT * FROM ledger WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3",
        [new_id(datetime(2026, 11, 2, 12, tzinfo=UTC))],
        lowest_id(datetime(2026, 11, 2, tzinfo=UTC)),
        lowest_id(datetime(2026, 11, 3, tzinfo=UTC)),
    )
    text = "\n".join(line[0] for line in plan)
    assert "ledger_2026_11" in text
    assert "ledger_2026_12" not in text
    assert "ledger_default" not in text
