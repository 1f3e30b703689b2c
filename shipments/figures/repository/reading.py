"""Statements that read figures, and the dossiers behind them."""

from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec import Struct

from postal.db import fetch, fetch_value, load_sql
from postal.identity.rules import Actor
from shipments.figures.rules import Cut, Grain

ROWS = load_sql(__package__, "rows.sql")
READ = """
SELECT period, measure, value, second, n, calendar_ms, working_ms
FROM figure
WHERE cut = $1 AND grain = $2 AND period >= $3 AND period < $4 AND measure = ANY($5::text[])
AND ($6::text IS NULL OR value = $6) AND bucket = 0
ORDER BY period, measure, value, second
"""
TOTALS = """
SELECT value, second, measure, sum(n)::bigint AS n
FROM figure
WHERE cut = $1 AND grain = $2 AND period < $3 AND measure = ANY($4::text[]) AND ($5::text IS NULL OR value = $5)
AND bucket = 0
GROUP BY value, second, measure
"""
SPREAD = """
SELECT bucket, sum(n)::bigint AS n
FROM figure
WHERE cut = $1 AND grain = $2 AND period >= $3 AND period < $4 AND measure = $5
AND ($6::text IS NULL OR value = $6) AND ($7::text IS NULL OR second = $7) AND bucket > 0
GROUP BY bucket
"""


class Sum(Struct, frozen=True, kw_only=True):
    """One sum: what happened so often in a period, and how long it took in all."""

    period: date
    measure: str
    value: str
    second: str
    n: int
    calendar_ms: int
    working_ms: int


class Behind(Struct, frozen=True, kw_only=True):
    """A dossier that is counted in a figure."""

    dossier: str
    day: date
    measure: str
    ordinal: int
    authority: str
    desk: str
    office: str
    procedure: str
    channel: str
    calendar_ms: int
    working_ms: int


class Wanted(Struct, frozen=True, kw_only=True):
    """Which rows of figures are meant; what is None does not restrict. `end` is exclusive."""

    measures: tuple[str, ...]
    begin: date
    end: date
    authority: str | None = None
    desk: str | None = None
    office: str | None = None
    procedure: str | None = None
    channel: str | None = None
    holder: str | None = None
    desks: tuple[str, ...] | None = None


async def sums(
    *, cut: Cut, grain: Grain, begin: date, end: date, measures: Sequence[str], value: str | None = None
) -> list[Sum]:
    """Read sums of the periods that begin in [begin, end), by period, measure and value."""
    rows = await fetch(READ, cut, grain, begin, end, list(measures), value)
    return [msgspec.convert(dict(row), Sum) for row in rows]


async def totals(
    cut: Cut, grain: Grain, *, before: date, measures: Sequence[str], value: str | None = None
) -> dict[tuple[str, str, str], int]:
    """Sum everything in periods that began before a date, by (value, second, measure)."""
    rows = await fetch(TOTALS, cut, grain, before, list(measures), value)
    return {(row["value"], row["second"], row["measure"]): row["n"] for row in rows}


async def spread(
    clock: str,
    *,
    cut: Cut,
    grain: Grain,
    begin: date,
    end: date,
    value: str | None = None,
    second: str | None = None,
) -> dict[int, int]:
    """Read the distribution of a clock's lengths: how many in each bucket."""
    rows = await fetch(SPREAD, cut, grain, begin, end, f"{clock}.spread", value, second)
    return {row["bucket"]: row["n"] for row in rows}


async def behind(
    actor: Actor, wanted: Wanted, after: tuple[date, str, str, int] | None, limit: int
) -> list[Behind]:
    """List the dossiers that are counted in a figure and that the actor may see, newest first."""
    rows = await fetch(
        ROWS,
        list(wanted.measures),
        wanted.begin,
        wanted.end,
        wanted.authority,
        wanted.desk,
        wanted.office,
        wanted.procedure,
        wanted.channel,
        wanted.holder,
        list(wanted.desks) if wanted.desks is not None else None,
        actor.reads_everything,
        sorted(actor.sees),
        *(after or (None, None, None, None)),
        limit,
    )
    return [msgspec.convert(dict(row), Behind) for row in rows]


async def first_month() -> date | None:
    """Give the first month of which anything is known."""
    return await fetch_value("SELECT min(period) FROM figure WHERE cut = 'all' AND grain = 'month'")  # type: ignore[no-any-return]
