"""Statements of clocks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, load_sql
from postal.identity.rules import Actor

UNCERTAINTIES = load_sql(__package__, "uncertainties.sql")
PUT = load_sql(__package__, "put.sql")
LEAD_TIMES = load_sql(__package__, "lead_times.sql")
REFRESHING = 7_031_188_024
"""Held by one refresh at a time, so that an older reading never overwrites a newer one."""


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


async def lock_refreshing() -> None:
    """Wait for a refresh that is under way."""
    await execute("SELECT pg_advisory_xact_lock($1)", REFRESHING)


async def uncertainties(ids: Collection[UUID]) -> dict[UUID, int]:
    """How far the times of rows may err, for rows where they may."""
    if not ids:
        return {}
    rows = await fetch(UNCERTAINTIES, list(ids), min(ids), max(ids))
    return {row["id"]: row["uncertainty_ms"] for row in rows}


async def put(dossiers: Collection[str], clocks: Sequence[StoredClock]) -> None:
    """Make the table hold exactly these clocks for these dossiers."""
    await execute("DELETE FROM dossier_clock WHERE dossier = ANY($1::text[])", sorted(dossiers))
    if clocks:
        await execute(PUT, msgspec.json.encode(clocks).decode())


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
