"""Statements of figures."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value, load_sql
from postal.identity.rules import Actor
from shipments.figures.rules import Contribution, Cut, Deltas, DossierFacts, Grain, Part, Place

FACTS = load_sql(__package__, "facts.sql")
PARTS = load_sql(__package__, "parts.sql")
KEEP = load_sql(__package__, "keep.sql")
KEEP_PARTS = load_sql(__package__, "keep_parts.sql")
SUMS = load_sql(__package__, "sums.sql")
ROWS = load_sql(__package__, "rows.sql")
GIVEN = """
    SELECT * FROM jsonb_to_recordset($1::text::jsonb) AS given (
        authority text, desk text, office text, procedure text, channel text, holder text, day date, measure text,
        bucket smallint, n bigint, calendar_ms bigint, working_ms bigint
    )
"""
KEPT = """
    SELECT authority, desk, office, procedure, channel, holder, day, measure, bucket, n, calendar_ms, working_ms
    FROM figure_part JOIN figure_dossier USING (dossier)
"""
ADD = load_sql(__package__, "add.sql").replace("{sums}", SUMS.replace("{cells}", GIVEN))
FILL = "INSERT INTO figure " + SUMS.replace("{cells}", KEPT)
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
NOTE_CHANGED = """
INSERT INTO figure_changed_day (day, dossiers)
SELECT day, dossiers
FROM unnest($1::date[], $2::integer[]) AS changed (day, dossiers)
WHERE day < $3
ORDER BY day
ON CONFLICT (day) DO UPDATE SET dossiers = figure_changed_day.dossiers + excluded.dossiers
"""
TABLES = ("figure_dossier", "figure_part", "figure")
COUNTING = 7_031_188_091
"""Held by whoever changes figures, so that two never take away the same contribution."""

CODES_AFTER = "SELECT code FROM dossier WHERE code > $1 ORDER BY code LIMIT $2"


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


async def lock_counting() -> None:
    """Wait for whoever changes figures."""
    await execute("SELECT pg_advisory_xact_lock($1)", COUNTING)


async def facts_of(codes: Collection[str]) -> list[DossierFacts]:
    """Read what dossiers are counted by; codes that are none are left out."""
    rows = await fetch(FACTS, sorted(codes))
    return [msgspec.json.decode(row["facts"], type=DossierFacts) for row in rows]


async def contributions_of(codes: Collection[str]) -> dict[str, Contribution]:
    """Read what was counted for dossiers."""
    return {
        row["dossier"]: Contribution(
            msgspec.json.decode(row["place"], type=Place),
            tuple(sorted(msgspec.json.decode(row["parts"], type=list[Part]))),
        )
        for row in await fetch(PARTS, sorted(codes))
    }


async def keep(codes: Collection[str], contributions: Mapping[str, Contribution]) -> None:
    """Make what is kept for these codes exactly these contributions; a code without one is taken out."""
    placed = [{"dossier": code, **_values(each.place)} for code, each in contributions.items()]
    await execute(KEEP, sorted(codes), msgspec.json.encode(placed).decode())
    parts = [
        {"dossier": code, **_values(part)} for code, each in contributions.items() for part in each.parts
    ]
    await execute(KEEP_PARTS, msgspec.json.encode(parts).decode())


async def add(changes: Deltas) -> None:
    """Add changes to the sums."""
    if changes:
        cells = [
            {**_values(cell.place), **_values(cell), **_values(amount)} for cell, amount in changes.items()
        ]
        await execute(ADD, msgspec.json.encode(cells).decode())


async def note_changed(dossiers: Mapping[date, int], today: date) -> None:
    """Note days of the past whose figures have changed."""
    if dossiers:
        await execute(NOTE_CHANGED, list(dossiers), list(dossiers.values()), today)


async def empty() -> None:
    """Forget all figures; for a rebuild, as owner."""
    await execute(f"TRUNCATE {', '.join(TABLES)}")


async def fill() -> None:
    """Sum up everything that is kept of dossiers, into empty sums."""
    await execute(FILL)


async def codes_after(code: str, limit: int) -> list[str]:
    """List codes of dossiers in their order."""
    return [row["code"] for row in await fetch(CODES_AFTER, code, limit)]


async def lines(table: str) -> list[str]:
    """Give every row of one of our tables in canonical form."""
    if table not in TABLES:
        raise ValueError(table)
    rows = await fetch(f"SELECT to_jsonb(t)::text AS line FROM {table} t")  # noqa: S608 - own names
    return sorted(row["line"] for row in rows)


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


def _values(struct: Any) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if name != "place"}
