"""What the worker does about deliveries from time to time."""

from datetime import datetime, timedelta

import structlog

from integrations.deliveries import repository
from integrations.deliveries.service.adapters import adapter_of
from integrations.deliveries.service.queueing import settle
from postal.db import unit_of_work

KEPT = timedelta(days=30)
DEAD_KEPT = timedelta(days=180)
PIECE = 2_000

log = structlog.get_logger("integrations.deliveries")


async def clear(now: datetime) -> None:
    """Drop what ended long ago, and give up what a destination has left waiting longer than all its tries take."""
    async with unit_of_work():
        await repository.forget(now - KEPT, now - DEAD_KEPT, PIECE)
    for destination in await repository.failing():
        adapter = adapter_of(destination.kind)
        if adapter is None:
            continue
        async with unit_of_work():
            dead = await repository.end(destination.id, "expired", now - adapter.retries.longest, now, PIECE)
            if dead:
                await settle(dead, now)
                log.warning("messages were given up", destination=str(destination.id), count=len(dead))
