"""Statements that keep figures."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec

from postal.db import execute, fetch, load_sql
from shipments.figures.rules import Contribution, Deltas, DossierFacts, Part, Place

FACTS = load_sql(__package__, "facts.sql")
PARTS = load_sql(__package__, "parts.sql")
KEEP = load_sql(__package__, "keep.sql")
KEEP_PARTS = load_sql(__package__, "keep_parts.sql")
SUMS = load_sql(__package__, "sums.sql")
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


def _values(struct: Any) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if name != "place"}
