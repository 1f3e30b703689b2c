"""The figures of the whole system, asked of the database at most every few seconds however often somebody scrapes."""

import asyncio
import platform
import time
from datetime import datetime
from importlib.metadata import version

import structlog

from postal import clock, db, registry
from postal.backup import repository as backups
from postal.db import ENGINE
from postal.ledger.partitions import month_after, months, stray_rows
from postal.ledger.positions import held_back
from postal.observability.figures import Figure
from postal.outbox import repository as outbox

KEPT_S = 5.0
PATIENCE_S = 1.5
FURTHEST = 36
SIZE = "SELECT pg_database_size(current_database())"

log = structlog.get_logger("postal.web")


class Figures:
    """What was last read. A scrape that comes while another one asks waits for its answer."""

    def __init__(self) -> None:
        self._read: tuple[Figure, ...] = ()
        self._at: float | None = None
        self._lock = asyncio.Lock()

    async def now(self) -> list[Figure]:
        """Give the figures: of this process now, of the database at most 5 s old, and none of those when it is away."""
        async with self._lock:
            if self._at is None or time.monotonic() - self._at > KEPT_S:
                self._read = await _asked()
                self._at = time.monotonic()
        return [*_of_process(), *self._read]


async def _asked() -> tuple[Figure, ...]:
    found: list[Figure] = []
    up = False
    try:
        async with asyncio.timeout(PATIENCE_S):
            up = await db.is_reachable()
            for source in registry.figures() if up else ():
                found += await _told_by(source)
    except TimeoutError:
        log.warning("figures took too long")
    name, told = "postal_database_up", "Whether PostgreSQL answers this process"
    return (Figure(name, told, float(up)), *found)


async def _told_by(source: registry.Source) -> list[Figure]:
    try:
        return await source()
    except Exception as error:  # noqa: BLE001  # e.g. a table that is not there yet: the other figures still count
        log.warning("figures could not be read", source=source.__qualname__, error=type(error).__qualname__)
        return []


def _of_process() -> list[Figure]:
    pool = ENGINE.pool
    size = pool.get_size() if pool is not None else 0
    idle = pool.get_idle_size() if pool is not None else 0
    name, told = "postal_database_pool_connections", "Connections of this process to PostgreSQL"
    return [
        Figure(
            "postal_build_info",
            "What runs here; always 1",
            1,
            {"version": version("postal"), "python": platform.python_version()},
        ),
        Figure(name, told, size - idle, {"state": "in_use"}),
        Figure(name, told, idle, {"state": "idle"}),
        Figure(
            "postal_database_pool_limit", "Connections that this process may open", ENGINE.settings.pool_max
        ),
        Figure("postal_database_pool_waiting", "Requests that wait for a connection", ENGINE.waiting),
    ]


async def of_outbox() -> list[Figure]:
    """Tell what waits, by topic: what the topic's projection lags behind."""
    now = clock.machine_now()
    oldest = "postal_outbox_oldest_seconds"
    figures = [
        Figure("postal_outbox_oldest_row_seconds", "How long the message that waits longest has been due", 0)
    ]
    for row in await outbox.by_topic():
        labels = {"topic": row.topic}
        age = _age(row.oldest, now)
        figures[0] = max(
            figures[0], Figure(figures[0].name, figures[0].help, age), key=lambda each: each.value
        )
        figures += [
            Figure(
                "postal_outbox_messages", "Messages not done", row.waiting, {**labels, "state": "waiting"}
            ),
            Figure(
                "postal_outbox_messages", "Messages not done", row.failing, {**labels, "state": "failing"}
            ),
            Figure("postal_outbox_messages", "Messages not done", row.dead, {**labels, "state": "dead"}),
            Figure(oldest, "How far the work of a topic lags behind", age, labels),
        ]
    return figures


async def of_ledger() -> list[Figure]:
    """Tell what the ledger needs: months to write into, a clean default partition, a feed that moves."""
    now = await clock.now()
    there = set(await months())
    ahead = 0
    while ahead < FURTHEST and f"ledger_{month_after(now, ahead + 1):%Y_%m}" in there:
        ahead += 1
    held = await held_back()
    return [
        Figure("postal_ledger_months_ahead", "Monthly partitions after the present one", ahead),
        Figure(
            "postal_ledger_default_partition_rows",
            "Rows outside every month, counted up to 100,000",
            await stray_rows(),
        ),
        Figure("postal_feed_held_back_rows", "Rows that the feed holds back for a transaction", held.rows),
        Figure(
            "postal_feed_held_back_seconds", "How long the feed has held back a row", _age(held.oldest, now)
        ),
    ]


async def of_database() -> list[Figure]:
    """Tell size and age of the last backup; no backup, no age."""
    last = await backups.last()
    found = [Figure("postal_database_size_bytes", "Size of the database", await db.fetch_value(SIZE))]
    if last is not None:
        age = _age(last, clock.machine_now())
        found.append(Figure("postal_backup_age_seconds", "Time since the last backup began", age))
    return found


def _age(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (now - instant).total_seconds())
