"""What the worker clears away regularly; one process at a time, and harmless to repeat."""

from datetime import timedelta

import structlog

from postal import clock
from postal.db import execute, fetch_value, unit_of_work
from postal.http import idempotency_keys
from postal.outbox.service import forget

EVERY_S = 300.0
ANSWERS_KEPT = timedelta(days=30)
# Any number that only this work uses.
LOCK = 7_031_188_031

log = structlog.get_logger("postal.jobs")


async def maintain() -> bool:
    """Clear away what has expired; False when another process is at it."""
    now = await clock.now()
    async with unit_of_work():
        if not await fetch_value("SELECT pg_try_advisory_xact_lock($1)", LOCK):
            return False
        await idempotency_keys.purge(now - ANSWERS_KEPT)
        await execute("DELETE FROM session WHERE expires_at < $1", now)
    await forget(clock.machine_now())
    log.info("expired rows cleared")
    return True
