"""What a desk has to do: one bounded statement a reason, whatever the number of dossiers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from manifests.desks.rules.tasks import Job, Task
from postal.db import fetch, fetch_value, load_sql
from postal.network.rules import local_day, start_of

CLOCKED = load_sql(__package__, "clocked.sql")
ANSWERED = load_sql(__package__, "answered.sql")
BROUGHT = load_sql(__package__, "brought.sql")

_RUNS = "c.paused_since IS NULL"
_TOLD = (
    "EXISTS (SELECT FROM apology WHERE apology.dossier = c.dossier AND apology.at <= $6"
    " AND apology.number IS NOT NULL)"
)
_LISTED = (
    "EXISTS (SELECT FROM custody AS held JOIN manifest_line AS line"
    " ON line.piece IN (held.code, held.container) AND line.open WHERE held.code = c.dossier || '-KQ')"
)
_NEAR = (
    "EXISTS (SELECT FROM dossier_clock AS legal WHERE legal.dossier = c.dossier AND legal.clock = 'C3'"
    " AND legal.stopped_at IS NULL AND legal.near_at <= $6)"
)
CONDITIONS = {
    Task.OVERDUE: f"{_RUNS} AND NOT {_TOLD}",
    Task.LATE: f"{_RUNS} AND {_TOLD}",
    Task.TODAY: f"{_RUNS} AND $6::timestamptz IS NOT NULL",
    Task.NEAR: f"{_RUNS} AND c.near_at <= $6",
    Task.RUNNING: f"{_RUNS} AND (c.near_at IS NULL OR c.near_at > $6)",
    # Said in full, since few clocks stand still and these have an index of their own.
    Task.WAITING: "c.paused_since IS NOT NULL AND c.paused_since <= $6",
    Task.ARRIVED: f"c.started_at <= $6 AND NOT {_NEAR}",
    Task.READY: f"c.started_at <= $6 AND NOT {_LISTED}",
}
CLOCK = {Task.ARRIVED: "C2", Task.READY: "C5"}
STATUTORY = "C3"
FIRST = datetime(1990, 1, 1, tzinfo=UTC)
LAST = datetime(2090, 1, 1, tzinfo=UTC)
ANSWERED_WITHIN = timedelta(days=5)
"""An answer is news for so long; then the limit alone puts the dossier on the list."""

Start = tuple[datetime, str]


async def jobs(
    task: Task, parties: Sequence[str], after: Start | None, *, now: datetime, limit: int
) -> list[Job]:
    """List what some agencies have to do for one reason, the first due in front."""
    found = [_job(task, row) for row in await _rows(task, parties, after, now, limit)]
    if task is Task.ARRIVED:
        start = after or (FIRST, "")
        found += [_job(task, row) for row in await fetch(BROUGHT, list(parties), *start, limit)]
        found = sorted({job.dossier: job for job in found}.values(), key=lambda job: (job.at, job.dossier))
    return found[:limit]


async def count(task: Task, parties: Sequence[str], *, now: datetime, most: int) -> int:
    """Count them, up to a number: more is said as `most` and more."""
    return len(await jobs(task, parties, None, now=now, limit=most))


async def on_manifests(dossiers: Sequence[str]) -> int:
    """Count open lines of manifests that carry the results of these dossiers, packed or not."""
    codes = [f"{code}-KQ" for code in dossiers]
    return int(
        await fetch_value(
            "SELECT count(*) FROM custody AS held"
            " JOIN manifest_line AS line ON line.piece IN (held.code, held.container) AND line.open"
            " WHERE held.code = ANY($1::text[])",
            codes,
        )
    )


async def _rows(
    task: Task, parties: Sequence[str], after: Start | None, now: datetime, limit: int
) -> list[Any]:
    own = list(parties)
    if task is Task.ANSWERED:
        since = now - ANSWERED_WITHIN
        return await fetch(ANSWERED, own, since, *(after or (FIRST, "")), limit, now)
    first, last = bounds(task, now)
    # The bound itself belongs to the span: codes sort after the empty text.
    at, dossier = after or (first, "")
    query = CLOCKED.replace("{condition}", CONDITIONS[task])
    return await fetch(query, own, CLOCK.get(task, STATUTORY), at, dossier, last, now, limit)


def bounds(task: Task, now: datetime) -> tuple[datetime, datetime]:
    """Give the span of due instants that a task is about."""
    tomorrow = start_of(local_day(now) + timedelta(days=1))
    if task in {Task.OVERDUE, Task.LATE}:
        return FIRST, now
    if task is Task.TODAY:
        return now, tomorrow
    if task in {Task.NEAR, Task.RUNNING}:
        return tomorrow, LAST
    return FIRST, LAST


def _job(task: Task, row: Any) -> Job:
    return Job(task=task, **dict(row))
