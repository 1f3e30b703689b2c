"""A queue that grew before statistics knew is not read again for each of its messages."""

from datetime import timedelta

import asyncpg
import pytest

from postal.db import execute
from postal.outbox import repository
from tests.factories.reading import read_by

WRITTEN = """
INSERT INTO outbox (id, topic, key, payload, created_at, available_at, attempts)
SELECT gen_random_uuid(), 'test', CASE WHEN $3::int IS NOT NULL THEN 'k' || n % $3::int END, '{}', $1, $1, 0
FROM generate_series(1, $2::int) AS n
"""


@pytest.fixture(params=["nothing", "all done", "one key", "no keys"])
async def known(own_database, clock, request):
    """Let statistics know of messages that are gone, and of nothing after them."""
    owner = await asyncpg.connect(own_database.owner_dsn)
    try:
        await owner.execute("ALTER TABLE outbox SET (autovacuum_enabled = false)")
        if request.param != "nothing":
            keys = {"one key": 1, "no keys": None}.get(request.param, 1000)
            await owner.execute(WRITTEN, clock.instant, 300, keys)
            if request.param == "all done":
                await owner.execute("UPDATE outbox SET done_at = $1", clock.instant)
            await owner.execute("ANALYZE outbox")
        await owner.execute("DELETE FROM outbox")
    finally:
        await owner.close()


@pytest.mark.parametrize("keys", [100, 10_000])
@pytest.mark.usefixtures("known")
async def test_a_message_more_reads_no_more(clock, keys):
    now = clock.instant
    until = now + timedelta(seconds=60)
    waiting = 0
    for count in (300, 2_000):
        await execute(WRITTEN, now, count, keys)
        waiting += count
        for _ in range(8):  # From the sixth time on a statement may be planned for any values.
            read, claims = await read_by(repository.claim(now, until, 10), "outbox")
            assert read <= 3 * waiting, "each is looked at once, and not once for each other"
            for each in claims:
                read, _ = await read_by(repository.begin(each.id, now, until), "outbox")
                assert read <= 5
            await execute(
                "UPDATE outbox SET done_at = $1 WHERE id = ANY($2::uuid[])", now, [each.id for each in claims]
            )
