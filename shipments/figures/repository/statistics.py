"""Statements of what was published, day by day."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value
from shipments.figures.rules.publication import Published

ADD_STATISTIC = """
INSERT INTO daily_statistic (day, revision, taken_at, reason, content, digest, log_size, checkpoint)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
STATISTICS_BEFORE = """
SELECT DISTINCT ON (day) *
FROM daily_statistic
WHERE $1::date IS NULL OR day < $1
ORDER BY day DESC, revision DESC
LIMIT $2
"""
AWAITED = """
SELECT EXISTS (SELECT FROM outbox WHERE topic = ANY($1::text[]) AND done_at IS NULL AND dead_at IS NULL)
"""
PUBLISHING = 7_031_188_092
"""Held by whoever publishes statistics."""


class Statistic(Struct, frozen=True, kw_only=True):
    """What was published about a day: `content` is canonical JSON, `digest` its SHA-256, `checkpoint` the log then."""

    day: date
    revision: int
    taken_at: datetime
    reason: str | None
    content: str
    digest: str
    log_size: int | None
    checkpoint: str | None


class Told(Struct, frozen=True, kw_only=True):
    """One publication of a day, read back."""

    statistic: Statistic
    content: Published


async def try_lock_publishing() -> bool:
    """Keep other publishers away until the end of the unit of work; False when one is at it."""
    return bool(await fetch_value("SELECT pg_try_advisory_xact_lock($1)", PUBLISHING))


async def last_published() -> date | None:
    """Give the last day that was published."""
    return await fetch_value("SELECT max(day) FROM daily_statistic")  # type: ignore[no-any-return]


async def is_awaited(topics: Sequence[str]) -> bool:
    """Tell whether messages of some topics wait that figures depend on."""
    return bool(await fetch_value(AWAITED, list(topics)))


async def changed_days() -> dict[date, int]:
    """Give the days whose figures changed since the last publication, and how many dossiers each time."""
    return {
        row["day"]: row["dossiers"] for row in await fetch("SELECT day, dossiers FROM figure_changed_day")
    }


async def forget_changed() -> None:
    """Begin to note changed days anew."""
    await execute("DELETE FROM figure_changed_day")


async def add_statistic(statistic: Statistic) -> None:
    """Publish."""
    await execute(ADD_STATISTIC, *msgspec.structs.astuple(statistic))


async def statistics_of(day: date) -> list[Statistic]:
    """List everything that was published about a day, oldest first."""
    rows = await fetch("SELECT * FROM daily_statistic WHERE day = $1 ORDER BY revision", day)
    return [msgspec.convert(dict(row), Statistic) for row in rows]


async def statistics_before(day: date | None, limit: int) -> list[Statistic]:
    """List the newest publication of each day before one, newest day first."""
    return [msgspec.convert(dict(row), Statistic) for row in await fetch(STATISTICS_BEFORE, day, limit)]
