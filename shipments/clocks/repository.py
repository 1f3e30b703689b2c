"""Statements of clocks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_row, load_sql
from postal.identity.rules import Actor

UNCERTAINTIES = load_sql(__package__, "uncertainties.sql")
PUT = load_sql(__package__, "put.sql")
LEAD_TIMES = load_sql(__package__, "lead_times.sql")
OPEN_CLOCKS = load_sql(__package__, "open_clocks.sql")
OPEN_BY_HOLDER = load_sql(__package__, "open_by_holder.sql")
PUT_MOVES = load_sql(__package__, "put_moves.sql")
MOVES = load_sql(__package__, "moves.sql")
LOCK_REFRESHING = load_sql(__package__, "lock_refreshing.sql")


class GroupBy(StrEnum):
    """What lead times may be grouped by."""

    AGENCY = "agency"
    OFFICE = "office"
    PROCEDURE = "procedure"
    ROUTE = "route"
    MONTH = "month"


COLUMN = {
    GroupBy.AGENCY: "authority",
    GroupBy.OFFICE: "office",
    GroupBy.PROCEDURE: "procedure",
    GroupBy.ROUTE: "route",
    GroupBy.MONTH: "month",
}


class StoredClock(Struct, frozen=True, kw_only=True):
    """A started clock as stored; an open one has neither length nor verdict."""

    dossier: str
    clock: str
    ordinal: int
    party: str | None
    step: str | None
    authority: str
    desk: str
    office: str | None
    procedure: str
    route: str | None
    month: str
    calendar: str
    started_at: datetime
    stopped_at: datetime | None
    calendar_us: int | None
    working_us: int | None
    due: datetime | None
    due_extended: datetime | None
    verdict: str | None
    verdict_extended: str | None
    calendar_version: int
    rule: str | None
    reading: str | None
    limit_text: str | None
    holder: str | None
    near_at: datetime | None
    paused_since: datetime | None
    due_before: datetime | None
    verdict_before: str | None
    due_index: datetime | None
    verdict_index: str | None
    flags: tuple[str, ...]


class Standing(StrEnum):
    """How an open clock stands at an instant."""

    RUNNING = "running"
    NEAR_DUE = "near_due"
    OVERDUE = "overdue"
    PAUSED = "paused"


class OpenClock(Struct, frozen=True, kw_only=True):
    """An open clock that has a due instant, and whose step it waits for."""

    dossier: str
    clock: str
    ordinal: int
    party: str | None
    step: str | None
    holder: str | None
    authority: str
    desk: str
    office: str | None
    procedure: str
    calendar: str
    calendar_version: int
    started_at: datetime
    due: datetime
    due_before: datetime | None
    due_extended: datetime | None
    near_at: datetime | None
    paused_since: datetime | None
    standing: Standing


class HolderLoad(Struct, frozen=True, kw_only=True):
    """How many open clocks wait for one holder, and how they stand."""

    holder: str | None
    open: int
    near_due: int
    overdue: int
    paused: int


class DeadlineMove(Struct, frozen=True, kw_only=True):
    """An open deadline that a decision on a calendar moved: both dates, and whose step it was then."""

    dossier: str
    decision: UUID
    number: str
    clock: str
    ordinal: int
    calendar: str
    version: int
    due_before: datetime
    due_after: datetime
    holder: str | None
    moved_at: datetime
    record: UUID


class Recount(Struct, frozen=True, kw_only=True):
    """How far a decision has been carried to the open clocks."""

    decision: UUID
    looked_at: int
    moved: int
    done_at: datetime | None


After = tuple[datetime, str, str, int]
"""Where a page of open clocks ended: (due, dossier, clock, ordinal)."""


class Spread(Struct, frozen=True, kw_only=True):
    """Mean and percentiles in seconds; None where nothing is finished."""

    mean: float | None
    p50: float | None
    p90: float | None
    p99: float | None


class LeadTime(Struct, frozen=True, kw_only=True):
    """One group: `n` finished spans and how they stand, and those still open."""

    group: str | None
    n: int
    on_time: int
    late: int
    undecided: int
    unjudged: int
    open: int
    open_late: int
    calendar: Spread
    working: Spread


async def lock_refreshing(dossiers: Collection[str]) -> None:
    """Wait for refreshes of these dossiers that are under way, so that an older reading never overwrites a newer one.

    Locks are taken in one order for everybody, and all at once: take no further ones in the same unit of work.
    """
    await execute(LOCK_REFRESHING, sorted(set(dossiers)))


async def uncertainties(ids: Collection[UUID]) -> dict[UUID, int]:
    """How far the times of rows may err, for rows where they may."""
    if not ids:
        return {}
    rows = await fetch(UNCERTAINTIES, list(ids), min(ids), max(ids))
    return {row["id"]: row["uncertainty_ms"] for row in rows}


async def put(dossiers: Collection[str], clocks: Sequence[StoredClock]) -> list[str]:
    """Make the table hold exactly these clocks for these dossiers; give the dossiers of which a row changed.

    Rows that stand already are not written again. This is the only writer of the table.
    """
    rows = await fetch(PUT, sorted(dossiers), msgspec.json.encode(clocks).decode())
    return [row["dossier"] for row in rows]


async def open_clocks(
    actor: Actor | None,
    *,
    now: datetime,
    standing: Standing | str | None = None,
    clocks: Collection[str] = ("C3",),
    holder: str | None = None,
    authority: str | None = None,
    after: After | None = None,
    limit: int = 50,
) -> list[OpenClock]:
    """Open clocks with a due instant, those due first in front; without an actor, as for workers, of all dossiers."""
    due, dossier, clock, ordinal = after or (None, None, None, None)
    rows = await fetch(
        OPEN_CLOCKS,
        now,
        sorted(clocks),
        Standing(standing).value if standing else None,
        holder,
        authority,
        due,
        dossier,
        clock,
        ordinal,
        actor is None or actor.reads_everything,
        sorted(actor.sees) if actor else [],
        limit,
    )
    return [msgspec.convert(dict(row), OpenClock) for row in rows]


async def open_by_holder(
    actor: Actor | None, *, now: datetime, clocks: Collection[str] = ("C3",)
) -> list[HolderLoad]:
    """How many open clocks wait for each holder, the one with most overdue first."""
    rows = await fetch(
        OPEN_BY_HOLDER,
        now,
        sorted(clocks),
        actor is None or actor.reads_everything,
        sorted(actor.sees) if actor else [],
    )
    return [HolderLoad(**dict(row)) for row in rows]


async def put_moves(dossiers: Collection[str], moves: Sequence[DeadlineMove]) -> None:
    """Make the table hold exactly these moved deadlines for these dossiers."""
    await execute("DELETE FROM deadline_move WHERE dossier = ANY($1::text[])", sorted(dossiers))
    if moves:
        await execute(PUT_MOVES, msgspec.json.encode(moves).decode())


async def list_moves(
    actor: Actor, *, decision: UUID | None, dossier: str | None, after: After | None, limit: int
) -> list[DeadlineMove]:
    """Moved deadlines of the dossiers that an actor may see, the latest first."""
    moved_at, code, clock, ordinal = after or (None, None, None, None)
    rows = await fetch(
        MOVES,
        decision,
        dossier,
        moved_at,
        code,
        clock,
        ordinal,
        actor.reads_everything,
        sorted(actor.sees),
        limit,
    )
    return [DeadlineMove(**dict(row)) for row in rows]


async def open_dossiers(calendars: Collection[str], *, after: str, limit: int) -> list[str]:
    """The dossiers with an open clock by one of these calendars, from a code on."""
    rows = await fetch(
        "SELECT DISTINCT dossier FROM dossier_clock"
        " WHERE stopped_at IS NULL AND calendar = ANY($1::text[]) AND dossier > $2 ORDER BY dossier LIMIT $3",
        sorted(calendars),
        after,
        limit,
    )
    return [row["dossier"] for row in rows]


async def begin_recount(decision: UUID, calendar: str, now: datetime) -> None:
    """Note that a decision waits to be carried to the open clocks."""
    await execute(
        "INSERT INTO calendar_recount (decision, calendar, asked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        decision,
        calendar,
        now,
    )


async def lock_recount(decision: UUID) -> str | None:
    """Give the code up to which a decision has come; None if it has come to the end."""
    row = await fetch_row(
        "SELECT upto FROM calendar_recount WHERE decision = $1 AND done_at IS NULL FOR UPDATE", decision
    )
    return row["upto"] if row else None


async def note_recount(
    decision: UUID, *, upto: str, looked_at: int, moved: int, done_at: datetime | None
) -> None:
    """Note how far a decision has come."""
    await execute(
        "UPDATE calendar_recount SET upto = $2, looked_at = looked_at + $3, moved = moved + $4, done_at = $5"
        " WHERE decision = $1",
        decision,
        upto,
        looked_at,
        moved,
        done_at,
    )


async def recounts(decisions: Collection[UUID]) -> dict[UUID, Recount]:
    """How far decisions have come."""
    rows = await fetch(
        "SELECT decision, looked_at, moved, done_at FROM calendar_recount WHERE decision = ANY($1::uuid[])",
        list(decisions),
    )
    return {row["decision"]: Recount(**dict(row)) for row in rows}


async def lead_times(
    actor: Actor,
    *,
    clock: str,
    by: GroupBy | None,
    begin: datetime | None,
    end: datetime | None,
    now: datetime,
) -> list[LeadTime]:
    """Lead times of the dossiers that an actor may see, by group; clocks that began in [begin, end)."""
    column = COLUMN[by] if by else "NULL::text"
    rows = await fetch(
        LEAD_TIMES.replace("{group}", column),
        clock,
        begin,
        end,
        now,
        actor.reads_everything,
        sorted(actor.sees),
    )
    return [_lead_time(row) for row in rows]


def _lead_time(row: Any) -> LeadTime:
    counts = {
        name: row[name] for name in ("n", "on_time", "late", "undecided", "unjudged", "open", "open_late")
    }
    spreads = {
        kind: {name: row[f"{kind}_{name}"] for name in ("mean", "p50", "p90", "p99")}
        for kind in ("calendar", "working")
    }
    return msgspec.convert({"group": row["label"], **counts, **spreads}, LeadTime)
