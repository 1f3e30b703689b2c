"""Statements of tracking. Each is sent for every question alike, whether or not the code exists."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from shipments.custody.rules import Phase
from shipments.dossiers.rules import ServiceMode, Status
from shipments.estimates.repository import Running
from shipments.tracking.rules import CaseState

FIND = load_sql(__package__, "find.sql")
FACTORS = load_sql(__package__, "factors.sql")


class Held(Struct, frozen=True, kw_only=True):
    """The stored custody of a piece, as far as tracking needs it."""

    phase: Phase
    claims: tuple[str, ...]
    undecided: bool
    attempts: int
    last_at: datetime | None


class PartyFacts(Struct, frozen=True):
    """The kind of a party, and when one of its devices last synchronised."""

    kind: str
    synced_at: datetime | None


class Found(Struct, frozen=True, kw_only=True):
    """What is known of a code. `case` is absent for items of several people; `parties` are all that claim a piece."""

    kind: str
    outbound: bool
    origin: str
    office: str | None
    dossier: str | None
    case: CaseState | None
    own: Held | None
    way_in: Held | None
    way_home: Held | None
    parties: dict[str, PartyFacts]
    running: Running | None


async def find(code: str) -> Found | None:
    """Find what a code stands for, in one statement."""
    row = await fetch_row(FIND, code)
    if row is None or row["kind"] is None:
        return None
    return Found(
        kind=row["kind"],
        outbound=row["direction"] == "outbound",
        origin=row["origin"],
        office=row["office"],
        dossier=row["dossier"],
        case=_case(row) if row["dossier"] is not None else None,
        own=_held(row, "own"),
        way_in=_held(row, "in"),
        way_home=_held(row, "home"),
        parties=_parties(row),
        running=_running(row),
    )


async def phones(code: str) -> list[str]:
    """List the phone numbers whose end opens a code; empty for an unknown one."""
    return [row["phone"] for row in await fetch(FACTORS, code) if row["phone"] is not None]


async def failures_since(code: str, since: datetime) -> int:
    """Count the failures that lock a code; holds the code, so that guesses at once do not slip past the count."""
    digest = _hash(code)
    await execute("SELECT pg_advisory_xact_lock($1)", int.from_bytes(digest[:8], "big", signed=True))
    counted: int = await fetch_value(
        "SELECT count(*) FROM track_failure WHERE code_hash = $1 AND failed_at > $2 AND counted",
        digest,
        since,
    )
    return counted


async def note_failure(row_id: UUID, code: str, now: datetime, *, counted: bool) -> None:
    """Keep a failed second factor, by the hash of its code alone."""
    await execute(
        "INSERT INTO track_failure (id, code_hash, failed_at, counted) VALUES ($1, $2, $3, $4)",
        row_id,
        _hash(code),
        now,
        counted,
    )


def _hash(code: str) -> bytes:
    return hashlib.sha256(b"postal:track:1\x00" + code.encode()).digest()


def _case(row: Any) -> CaseState:
    promised, later = row["due_now"], row["moved_due"]
    moved = promised is not None and later is not None and later > promised
    return CaseState(
        status=Status(row["status"]),
        mode=ServiceMode(row["service_mode"]),
        registered_at=row["registered_at"],
        due_first=row["due_first"],
        due_now=later if moved else promised,
        moved=moved,
        ended_at=row["ended_at"],
        withdrawn=row["withdrawn"],
        extended=row["extensions"] > 0,
    )


def _running(row: Any) -> Running | None:
    if row["running_clock"] is None or row["digest"] is None:
        return None
    return Running(
        clock=row["running_clock"],
        route=row["running_route"],
        procedure="",
        started_at=row["running_started_at"],
        calendar=row["running_calendar"],
        paused_since=row["running_paused_since"],
        digest=row["digest"],
        confidence_percent=row["confidence_percent"],
        least=row["least"],
    )


def _parties(row: Any) -> dict[str, PartyFacts]:
    facts = zip(row["party_codes"] or (), row["party_kinds"] or (), row["party_synced_at"] or (), strict=True)
    return {code: PartyFacts(kind, synced_at) for code, kind, synced_at in facts}


def _held(row: Any, side: str) -> Held | None:
    if row[f"{side}_phase"] is None:
        return None
    return Held(
        phase=Phase(row[f"{side}_phase"]),
        claims=tuple(row[f"{side}_claims"]),
        undecided=row[f"{side}_undecided"] is not None,
        attempts=row[f"{side}_attempts"],
        last_at=row[f"{side}_last_at"],
    )
