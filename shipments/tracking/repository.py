"""Statements of tracking. Each is sent for every question alike, whether or not the code exists."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.instants import Instant
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
    """The kind of a party, when one of its devices last synchronised, and its province."""

    kind: str
    synced_at: datetime | None
    province: str | None


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


async def find(code: str, day: date, *, proved: bool = False) -> Found | None:
    """Find what a code stands for, in one statement; a dossier's own code alone only where its agency says so."""
    row = await fetch_row(FIND, code, day, proved)
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


class Link(Struct, frozen=True, kw_only=True):
    """A link that was printed on slips, as far as it may be known."""

    id: UUID
    dossier: str
    salt: bytes
    made_at: datetime
    revoked_at: datetime | None


class Setting(Struct, frozen=True, kw_only=True):
    """From which day on an agency's dossiers may be tracked by their code alone, or not, and by which decision."""

    organisation: str
    valid_from: date
    by_dossier_code: bool
    decision: str
    person: str | None
    stated_at: Instant


async def dossier_of_link(token_hash: bytes) -> str | None:
    """Find the dossier that a live link leads to."""
    found: str | None = await fetch_value(
        "SELECT dossier FROM track_link WHERE token_hash = $1 AND revoked_at IS NULL", token_hash
    )
    return found


async def live_links(dossiers: Collection[str]) -> dict[str, Link]:
    """Find the links that lead to these dossiers now."""
    rows = await fetch(
        "SELECT id, dossier, salt, made_at, revoked_at FROM track_link"
        " WHERE dossier = ANY($1::text[]) AND revoked_at IS NULL",
        list(dossiers),
    )
    return {row["dossier"]: Link(**dict(row)) for row in rows}


async def add_link(link: Link, token_hash: bytes, made_by: str | None) -> None:
    """Keep a link, unless another came first."""
    await execute(
        "INSERT INTO track_link (id, dossier, salt, token_hash, made_at, made_by)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        link.id,
        link.dossier,
        link.salt,
        token_hash,
        link.made_at,
        made_by,
    )


async def revoke_links(dossier: str, why: str, now: datetime) -> int:
    """Shut every link to a dossier; gives how many were open."""
    rows = await fetch(
        "UPDATE track_link SET revoked_at = $3, revoked_why = $2"
        " WHERE dossier = $1 AND revoked_at IS NULL RETURNING id",
        dossier,
        why,
        now,
    )
    return len(rows)


async def links_about(dossier: str) -> list[dict[str, Any]]:
    """List when links to a dossier were made and shut; what opens them is kept nowhere."""
    rows = await fetch(
        "SELECT made_at, revoked_at, revoked_why FROM track_link WHERE dossier = $1 ORDER BY made_at, id",
        dossier,
    )
    return [dict(row) for row in rows]


async def add_setting(setting: Setting) -> None:
    """Keep what an agency decided."""
    await execute(
        "INSERT INTO tracking_setting (organisation, valid_from, by_dossier_code, decision, person, stated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        setting.organisation,
        setting.valid_from,
        setting.by_dossier_code,
        setting.decision,
        setting.person,
        setting.stated_at,
    )


async def settings_of(organisation: str) -> list[Setting]:
    """List what an agency decided, what holds last first."""
    rows = await fetch(
        "SELECT organisation, valid_from, by_dossier_code, decision, person, stated_at FROM tracking_setting"
        " WHERE organisation = $1 ORDER BY valid_from DESC, stated_at DESC",
        organisation,
    )
    return [Setting(**dict(row)) for row in rows]


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
    columns = (row[f"party_{name}"] or () for name in ("codes", "kinds", "synced_at", "provinces"))
    return {code: PartyFacts(*facts) for code, *facts in zip(*columns, strict=True)}


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
