"""A month that nobody has counted yet is looked into as cheaply as an old one."""

import json

import asyncpg

from postal.ledger.repository import ROWS_OF
from tests.conftest import START

ROWS = """
INSERT INTO ledger (
    id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict, content_hash
)
SELECT
    (lpad(to_hex((extract(epoch FROM $1::timestamptz) * 1000)::bigint + n), 12, '0') || '7000800000000000'
        || lpad(n::text, 4, '0'))::uuid,
    $1, $1, $1, 0, 1, 1, 'arrive', 'DH' || n % 800, 'accepted', decode(repeat('00', 32), 'hex')
FROM generate_series(1, 8000) AS n
"""


async def test_a_look_up_in_a_month_without_statistics_reads_its_own_rows_only(own_database):
    owner = await asyncpg.connect(own_database.owner_dsn)
    await owner.execute("ALTER TABLE ledger_2026_11 SET (autovacuum_enabled = false)")
    await owner.execute(ROWS, START)
    await owner.execute("SET plan_cache_mode = force_generic_plan")
    await owner.execute(f"PREPARE look_up (text[]) AS {ROWS_OF}")
    [[plan]] = await owner.fetch("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE look_up ('{DH7,DH8,DH9}')")
    [whole] = json.loads(plan)
    await owner.close()
    assert "BitmapAnd" not in plan
    assert whole["Plan"]["Shared Hit Blocks"] + whole["Plan"]["Shared Read Blocks"] < 100
