"""Every statement of steps and nonconformities."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.steps.rules import Nonconformity, State, StepPart

PUT = load_sql(__package__, "put.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")
CELLS, CHANGES = load_sql(__package__, "cells.sql"), load_sql(__package__, "changes.sql")
ADD = load_sql(__package__, "add.sql").replace("{cells}", CELLS.replace("{parts}", CHANGES))
KEPT = "SELECT *, 1 AS n FROM step_part"
FILL = f"INSERT INTO step_sum {CELLS.replace('{parts}', KEPT)}"
KEEP = "INSERT INTO step_part SELECT * FROM jsonb_populate_recordset(NULL::step_part, $1::text::jsonb)"
SUMS = load_sql(__package__, "sums.sql")
EXCEEDED = load_sql(__package__, "exceeded.sql")
SPREAD = msgspec.json.Decoder(dict[int, int])
TABLES = ("step_part", "step_sum")
SUMMING = 7_031_188_093
"""Held by whoever changes sums of steps, so that two never take away the same part."""


class Noted(Nonconformity, frozen=True, kw_only=True):
    """A nonconformity with what was done about it; None where nothing was, or the text was erased."""

    action: str | None


class Asked(Struct, frozen=True, kw_only=True):
    """Cases that ended in [begin, end), of a procedure, of an authority; None does not restrict."""

    begin: date
    end: date
    procedure: str | None = None
    authority: str | None = None


class StoredSum(Struct, frozen=True, kw_only=True):
    """Steps of one kind together, as they are stored: the unknown is empty, or 0."""

    procedure: str
    version: int
    number: int
    name: str
    party: str
    n: int
    waiting_us: int
    worked_us: int
    exceeded: int
    unseen: int
    spread: dict[int, int]


class Sums(Struct, frozen=True, kw_only=True):
    """How many cases, how many kinds of steps, and the longest of these."""

    cases: int
    groups: int
    found: tuple[StoredSum, ...]


class Slow(Struct, frozen=True, kw_only=True):
    """A step of a case that took longer than its hours."""

    dossier: str
    ordinal: int
    ended_at: datetime


async def put(codes: Collection[str], found: Sequence[Nonconformity]) -> None:
    """Make the projection hold exactly these under these codes."""
    await execute(PUT, list(codes), msgspec.json.encode(found).decode())


async def get(code: str, actor: Actor) -> Noted:
    """Get one that the actor may see; absent and invisible are alike."""
    found = await page_of(actor, code=code, limit=1)
    if not found:
        raise NotFound(
            "nonconformity.not_found",
            vi="Không tìm thấy phiếu không phù hợp này",
            en="There is no such nonconformity",
        )
    return found[0]


async def page_of(
    actor: Actor,
    *,
    code: str | None = None,
    dossier: str | None = None,
    state: State | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Noted]:
    """List those of an actor's agencies, newest first."""
    at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF,
        actor.reads_everything,
        sorted(actor.sees),
        code,
        dossier,
        state.value if state else None,
        at,
        last,
        limit,
    )
    return [msgspec.convert(dict(row), Noted) for row in rows]


async def exists(code: str) -> bool:
    """Tell whether a code is taken."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM nonconformity WHERE code = $1)", code))


async def spans_of(dossier: str) -> frozenset[int]:
    """Name the steps of a dossier about which there is one already."""
    rows = await fetch(
        "SELECT span FROM nonconformity WHERE dossier = $1 AND span IS NOT NULL AND state <> 'closed'",
        dossier,
    )
    return frozenset(row["span"] for row in rows)


async def add_note(row: UUID, code: str, salt: bytes, note: str, now: datetime) -> None:
    """Keep what was done, and the salt of its commitment in the ledger."""
    await execute(
        "INSERT INTO nonconformity_note (row, code, salt, note, created_at) VALUES ($1, $2, $3, $4, $5)",
        row,
        code,
        salt,
        note,
        now,
    )


async def parts_of(dossiers: Collection[str]) -> dict[str, tuple[StepPart, ...]]:
    """Read what was counted for dossiers."""
    found: dict[str, list[StepPart]] = {}
    for row in await fetch("SELECT * FROM step_part WHERE dossier = ANY ($1::text[])", sorted(dossiers)):
        found.setdefault(row["dossier"], []).append(StepPart(**dict(row)))
    return {code: tuple(sorted(parts)) for code, parts in found.items()}


async def lock_summing() -> None:
    """Wait for whoever changes sums of steps."""
    await execute("SELECT pg_advisory_xact_lock($1)", SUMMING)


async def count(dossiers: Collection[str], parts: Sequence[StepPart]) -> None:
    """Make what is kept of these dossiers exactly these parts, and the sums follow."""
    codes, given = sorted(dossiers), msgspec.json.encode(parts).decode()
    await execute(ADD, codes, given)
    await execute("DELETE FROM step_part WHERE dossier = ANY ($1::text[])", codes)
    await keep(parts)


async def keep(parts: Sequence[StepPart]) -> None:
    """Keep parts of dossiers of which nothing is kept; sums stay as they are."""
    await execute(KEEP, msgspec.json.encode(parts).decode())


async def empty() -> None:
    """Forget all parts and sums; for a rebuild, as owner."""
    await execute(f"TRUNCATE {', '.join(TABLES)}")


async def fill() -> None:
    """Sum up everything that is kept, into empty sums."""
    await execute(FILL)


async def ended_after(code: str, limit: int) -> list[str]:
    """List codes of dossiers whose case has ended, in their order."""
    rows = await fetch(
        "SELECT code FROM dossier WHERE code > $1 AND ended_at IS NOT NULL ORDER BY code LIMIT $2",
        code,
        limit,
    )
    return [row["code"] for row in rows]


async def ended_among(dossiers: Collection[str]) -> list[str]:
    """Name those of some dossiers whose case has ended."""
    rows = await fetch(
        "SELECT code FROM dossier WHERE code = ANY ($1::text[]) AND ended_at IS NOT NULL", sorted(dossiers)
    )
    return [row["code"] for row in rows]


async def sums(actor: Actor, asked: Asked, limit: int) -> Sums:
    """Read the sums of the cases of an actor's agencies, those of steps that took longest first."""
    rows = await fetch(
        SUMS,
        actor.reads_everything,
        sorted(actor.sees),
        asked.begin,
        asked.end,
        asked.procedure,
        asked.authority,
        limit,
    )
    found = tuple(_stored(row) for row in rows if row["procedure"] is not None)
    return Sums(cases=rows[0]["cases"], groups=rows[0]["groups"], found=found)


async def exceeded(
    actor: Actor, asked: Asked, after: tuple[datetime, str, int] | None, limit: int
) -> list[Slow]:
    """List steps beyond their hours about which nothing was ever opened, those of the newest cases first."""
    rows = await fetch(
        EXCEEDED,
        actor.reads_everything,
        sorted(actor.sees),
        asked.begin,
        asked.end,
        asked.procedure,
        asked.authority,
        *(after or (None, None, None)),
        limit,
    )
    return [Slow(**dict(row)) for row in rows]


async def lines(table: str) -> list[str]:
    """Give every row of one of our tables in canonical form."""
    if table not in TABLES:
        raise ValueError(table)
    rows = await fetch(f"SELECT to_jsonb(t)::text AS line FROM {table} t")  # noqa: S608 - own names
    return sorted(row["line"] for row in rows)


def _stored(row: Any) -> StoredSum:
    values = {name: row[name] for name in StoredSum.__struct_fields__}
    return StoredSum(**{**values, "spread": SPREAD.decode(values["spread"])})
