"""Statements that read figures, and the dossiers behind them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from postal.db import fetch, fetch_value, load_sql
from postal.identity.rules import Actor
from shipments.figures.rules import Amount, Cut, Grain

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


TREND = """
SELECT period, measure, sum(n)::bigint AS n, sum(calendar_ms)::bigint AS calendar_ms,
    sum(working_ms)::bigint AS working_ms
FROM figure
WHERE cut = $1 AND grain = 'month' AND period >= $2 AND period < $3 AND measure = ANY($4::text[])
AND ($5::text[] IS NULL OR value = ANY($5)) AND ($6::text IS NULL OR CASE WHEN $7 THEN second ELSE value END = $6)
AND bucket = 0
GROUP BY period, measure
"""
GROUPED = """
SELECT CASE WHEN $6 THEN second ELSE value END AS label, measure, sum(n)::bigint AS n,
    sum(calendar_ms)::bigint AS calendar_ms, sum(working_ms)::bigint AS working_ms
FROM figure
WHERE cut = $1 AND grain = 'month' AND period >= $2 AND period < $3 AND measure = ANY($4::text[])
AND ($5::text[] IS NULL OR value = ANY($5)) AND bucket = 0
AND ($7::text IS NULL OR second = $7)
GROUP BY label, measure
"""
SPREADS = """
SELECT measure, bucket, sum(n)::bigint AS n
FROM figure
WHERE cut = $1 AND grain = 'month' AND period >= $2 AND period < $3 AND measure = ANY($4::text[])
AND ($5::text[] IS NULL OR value = ANY($5)) AND bucket > 0
GROUP BY measure, bucket
"""
LAST_MONTHS = """
SELECT CASE WHEN $4 THEN second ELSE value END AS label, max(period) AS last
FROM figure
WHERE cut = $1 AND grain = 'month' AND measure = $2 AND bucket = 0 AND ($3::text[] IS NULL OR value = ANY($3))
GROUP BY label
"""
STOCK = """
SELECT measure, sum(n)::bigint AS n
FROM figure
WHERE cut = $1 AND measure = ANY($3::text[]) AND ($4::text[] IS NULL OR value = ANY($4)) AND bucket = 0
AND (
    (grain = 'month' AND period < date_trunc('month', $2::date)::date)
    OR (grain = 'day' AND period >= date_trunc('month', $2::date)::date AND period < $2)
)
GROUP BY measure
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
    """Which rows of figures are meant; what is None does not restrict. `end` is exclusive.

    A dossier of which one of `unless` was counted before the end is left out.
    """

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
    unless: tuple[str, ...] | None = None


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


async def trend(
    cut: Cut,
    values: Sequence[str] | None,
    begin: date,
    end: date,
    measures: Sequence[str],
    label: str | None = None,
) -> dict[date, dict[str, Amount]]:
    """Sum by month and measure, of some values or all; `label` names one value of the cut's last dimension."""
    rows = await fetch(TREND, cut, begin, end, list(measures), _listed(values), label, "+" in cut)
    found: dict[date, dict[str, Amount]] = {}
    for row in rows:
        found.setdefault(row["period"], {})[row["measure"]] = _amount(row)
    return found


async def grouped(
    cut: Cut,
    values: Sequence[str] | None,
    begin: date,
    end: date,
    measures: Sequence[str],
    *,
    by_second: bool,
    second: str | None = None,
) -> dict[str, dict[str, Amount]]:
    """Sum by value, or by the second value of a pair, and by measure."""
    rows = await fetch(GROUPED, cut, begin, end, list(measures), _listed(values), by_second, second)
    found: dict[str, dict[str, Amount]] = {}
    for row in rows:
        found.setdefault(row["label"], {})[row["measure"]] = _amount(row)
    return found


async def spreads(
    cut: Cut, values: Sequence[str] | None, begin: date, end: date, clocks: Sequence[str]
) -> dict[str, dict[int, int]]:
    """Read the distributions of clocks: how many lengths in each bucket."""
    measures = [f"{clock}.spread" for clock in clocks]
    found: dict[str, dict[int, int]] = {clock: {} for clock in clocks}
    for row in await fetch(SPREADS, cut, begin, end, measures, _listed(values)):
        found[row["measure"].partition(".")[0]][row["bucket"]] = row["n"]
    return found


async def stock(
    cut: Cut, values: Sequence[str] | None, before: date, measures: Sequence[str]
) -> dict[str, int]:
    """Sum everything before a day: whole months, and the days of its own. A cut of two dimensions has no days."""
    rows = await fetch(STOCK, cut, before, list(measures), _listed(values))
    return {row["measure"]: row["n"] for row in rows}


async def last_months(cut: Cut, values: Sequence[str] | None, measure: str) -> dict[str, date]:
    """Give the last month in which something was counted, by the cut's last dimension."""
    rows = await fetch(LAST_MONTHS, cut, measure, _listed(values), "+" in cut)
    return {row["label"]: row["last"] for row in rows}


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
        list(wanted.unless) if wanted.unless is not None else None,
    )
    return [msgspec.convert(dict(row), Behind) for row in rows]


async def first_month() -> date | None:
    """Give the first month of which anything is known."""
    return await fetch_value("SELECT min(period) FROM figure WHERE cut = 'all' AND grain = 'month'")  # type: ignore[no-any-return]


def _amount(row: Any) -> Amount:
    return Amount(row["n"], row["calendar_ms"], row["working_ms"])


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return list(values) if values is not None else None
