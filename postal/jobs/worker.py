"""The worker process: relay, doorbell, maintenance and the log side by side; none of them ends the others."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from postal import clock, db, registry
from postal.config import Settings
from postal.files.tasks import keep_clear
from postal.jobs.maintenance import EVERY_S, maintain
from postal.jobs.queue import Doorbell
from postal.jobs.relay import relay
from postal.jobs.ringer import hear
from postal.proof.service import keep_gathering

PAUSE_S = 1.0
REGULARLY_S = 30.0
SPARE_CONNECTIONS = 4
"""Connections that jobs leave to the relay, to what it runs itself, and to maintenance."""

log = structlog.get_logger("postal.jobs")


async def work(settings: Settings) -> None:
    """Work until cancelled. Without Valkey the relay runs everything itself; without PostgreSQL all wait for it."""
    registry.configure(settings)
    await db.start(settings.database)
    bell = Doorbell(settings.redis.dsn) if settings.redis.dsn else None
    at_once = max(1, settings.database.pool_max - SPARE_CONNECTIONS)
    parts: dict[str, Callable[[], Awaitable[object]]] = {
        "relay": lambda: relay(bell),
        "maintenance": _maintenance,
        "files": lambda: keep_clear(settings),
        "proof": lambda: keep_gathering(settings),
        **{name: partial(_regularly, work) for name, work in registry.regular().items()},
        **registry.steady(),
    }
    if (dsn := settings.redis.dsn) is not None:
        parts["doorbell"] = lambda: hear(dsn, at_once=at_once)
    try:
        async with asyncio.TaskGroup() as group:
            for name, part in parts.items():
                group.create_task(_supervised(name, part))
    finally:
        if bell is not None:
            await bell.close()
        await db.stop()


async def _supervised(name: str, part: Callable[[], Awaitable[object]]) -> None:
    """Start a part again whenever it breaks: a restart of Valkey or PostgreSQL is no reason to end."""
    while True:
        try:
            await part()
        except (Exception, asyncio.CancelledError) as error:  # the next try tells whether it is well
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            log.warning(
                "part of the worker broke, starting it again", part=name, error=type(error).__qualname__
            )
        await asyncio.sleep(PAUSE_S)


async def _maintenance() -> None:
    while True:
        await maintain()
        await asyncio.sleep(EVERY_S)


async def _regularly(work: registry.Regular) -> None:
    while True:
        await work(await clock.now())
        await asyncio.sleep(REGULARLY_S)
