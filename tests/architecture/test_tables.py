"""Piccolo's tables say the same as the schema that the migrations made, and say it in full."""

import ast
from pathlib import Path

import pytest
from piccolo.columns import ForeignKey
from piccolo.columns.base import OnDelete

from postal import db, registry

ROOT = Path(__file__).parents[2]
PACKAGES = ("postal", "shipments", "manifests", "integrations")
COLUMNS = """
SELECT a.attname AS name, a.attnotnull AS required, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_attribute AS a
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
FOREIGN = """
SELECT a.attname AS name, c.confrelid::regclass::text AS target, c.confdeltype = 'r' OR c.confdeltype = 'a' AS refuses
FROM pg_constraint AS c
JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid = $1::regclass AND cardinality(c.conkey) = 1
"""
CASCADING = """
SELECT conrelid::regclass::text || '.' || conname AS name
FROM pg_constraint
WHERE contype = 'f' AND confdeltype NOT IN ('r', 'a')
"""
TYPES = {
    "TIMESTAMPTZ": "timestamp with time zone",
    "INT8RANGE": "int8range",
    "VARCHAR": "character varying",
    "DOUBLE PRECISION": "double precision",
    "TEXT[]": "text[]",
}


def declared():
    """Every column of every Table class, as written."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("tables*.py")) + sorted(
            (ROOT / package).rglob("tables/*.py")
        ):
            for table in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(table, ast.ClassDef):
                    for line in table.body:
                        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
                            yield f"{path.relative_to(ROOT)}:{line.lineno}", line.value


def test_every_column_states_null_and_default():
    wrong = [
        place for place, call in declared() if {"null", "default"} - {each.arg for each in call.keywords}
    ]
    assert wrong == []


def test_every_foreign_key_refuses_to_delete_history():
    keys = [column for table in registry.tables() for column in table._meta.foreign_key_columns]
    assert [str(key) for key in keys if key._foreign_key_meta.on_delete is not OnDelete.restrict] == []


def test_every_table_class_is_offered_by_its_plugin():
    offered = {table.__name__ for table in registry.tables()}
    written = {
        node.name
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("tables*.py"))
        + sorted((ROOT / package).rglob("tables/*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "Table" for base in node.bases)
    }
    assert written - offered == set()


@pytest.mark.parametrize("table", registry.tables(), ids=lambda table: table._meta.tablename)
async def test_a_table_equals_the_schema(database, table):
    rows = await db.fetch(COLUMNS, f'"{table._meta.tablename}"')
    real = {row["name"]: (row["type"], not row["required"]) for row in rows}
    ours = {column._meta.db_column_name: (_type(column), column._meta.null) for column in table._meta.columns}
    # Piccolo cannot declare a table without a primary key of one column and adds its own.
    if "id" not in real and table._meta.primary_key._meta.db_column_name == "id":
        ours.pop("id", None)
    assert ours == real


@pytest.mark.parametrize("table", registry.tables(), ids=lambda table: table._meta.tablename)
async def test_foreign_keys_of_a_table_are_those_of_the_schema(database, table):
    real = {row["name"]: row["target"] for row in await db.fetch(FOREIGN, f'"{table._meta.tablename}"')}
    ours = {
        column._meta.db_column_name: column._foreign_key_meta.resolved_references._meta.tablename
        for column in table._meta.foreign_key_columns
    }
    # A key that points up the order of nouns stands in the schema alone.
    assert ours.items() <= real.items()


async def test_no_foreign_key_of_the_schema_deletes_or_empties_other_rows(database):
    assert [row["name"] for row in await db.fetch(CASCADING)] == []


def _type(column):
    if isinstance(column, ForeignKey):
        column = column._foreign_key_meta.resolved_references._meta.primary_key
    name = column.column_type.upper()
    head, bracket, tail = name.partition("(")
    return TYPES.get(head, head.lower()) + (bracket + tail).lower()


async def test_all_text_has_one_collation_so_that_joins_can_use_indexes(database):
    """Two collations of one code make every join between them read the whole table."""
    strange = await db.fetch(
        """
        SELECT c.relname || '.' || a.attname AS name
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
        AND a.attcollation NOT IN (0, (SELECT oid FROM pg_collation WHERE collname = 'default'))
        """
    )
    assert [row["name"] for row in strange] == []
