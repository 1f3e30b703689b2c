"""Every SQL statement of discrepancies."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from manifests.discrepancies.rules import Discrepancy, Home, Proofs, Reason, Standing
from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched

PROJECT = load_sql(__package__, "project.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")
REASONS = load_sql(__package__, "reasons.sql")
NOTES_ABOUT = load_sql(__package__, "notes_about.sql")
PROOFS = load_sql(__package__, "proofs.sql")
SWAPPING = load_sql(__package__, "swapping.sql")
HOMES = load_sql(__package__, "homes.sql")
PARTY_OF = """
SELECT code FROM manifest
WHERE code = ANY($1::text[])
AND ($2 OR giver = ANY($3::text[]) OR receiver = ANY($3::text[]) OR carrier = ANY($3::text[]))
"""


class Crossed(Struct, frozen=True):
    """A case that may belong to a swap, and whether the actor sees it."""

    case: Discrepancy
    yours: bool


async def get(discrepancy: UUID, actor: Actor) -> Discrepancy:
    """Get a discrepancy of which the actor is a party; absent and invisible are alike."""
    rows = await fetch(
        PAGE_OF,
        actor.reads_everything,
        sorted(actor.sees),
        discrepancy,
        None,
        None,
        None,
        None,
        None,
        1,
        None,
        None,
    )
    if not rows:
        raise NotFound(
            "discrepancy.not_found", vi="Không tìm thấy chênh lệch này", en="There is no such discrepancy"
        )
    return _discrepancy(rows[0])


async def page_of(
    actor: Actor,
    *,
    manifest: str | None,
    owner: str | None,
    state: Standing | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    overdue_at: datetime | None = None,
    assignee: str | None = None,
) -> list[Discrepancy]:
    """List the discrepancies of which the actor is a party, newest first; only overdue ones if it says when."""
    opened_at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF,
        actor.reads_everything,
        sorted(actor.sees),
        None,
        manifest,
        owner,
        state,
        opened_at,
        last,
        limit,
        overdue_at,
        assignee,
    )
    return [_discrepancy(row) for row in rows]


async def of_manifest(manifest: str) -> list[Discrepancy]:
    """List the discrepancies of a manifest, for rules that judge them; what a caller may see is not asked here."""
    rows = await fetch("SELECT * FROM discrepancy WHERE manifest = $1 ORDER BY piece, id", manifest)
    return [_discrepancy(row) for row in rows]


async def reasons_at(day: date) -> dict[str, Reason]:
    """Give the ways in which a discrepancy may end, by code, as in force on a day."""
    return {row["code"]: msgspec.convert(dict(row), Reason) for row in await fetch(REASONS, day)}


async def proofs_of(case: Discrepancy) -> Proofs:
    """Count what a case has been given so far."""
    row: Any = await fetch_row(PROOFS, case.id, case.manifest, case.piece, case.opened_at)
    return msgspec.convert(dict(row), Proofs)


async def add_note(row: UUID, salt: bytes, note: str) -> None:
    """Keep words to which a row of the ledger commits, where they can be erased."""
    await execute("INSERT INTO discrepancy_note (id, salt, note) VALUES ($1, $2, $3)", row, salt, note)


async def notes_of(rows: Collection[UUID]) -> dict[UUID, str]:
    """Give the words to which rows commit, of those that were not erased."""
    found = await fetch("SELECT id, note FROM discrepancy_note WHERE id = ANY($1::uuid[])", list(rows))
    return {row["id"]: row["note"] for row in found}


async def notes_about(dossier: str) -> list[dict[str, Any]]:
    """List the words about discrepancies of a person's papers."""
    rows = await fetch(NOTES_ABOUT, dossier)
    return [{name: row[name] for name in ("piece", "manifest", "at", "note")} for row in rows]


async def erase_notes(dossier: str, _now: datetime) -> int:
    """Forget these words, and with the salts what opens the commitments; that something was said stays proven."""
    found = [row["id"] for row in await fetch(NOTES_ABOUT, dossier)]
    await execute("DELETE FROM discrepancy_note WHERE id = ANY ($1::uuid[])", found)
    return len(found)


async def crossed_cases(actor: Actor) -> list[Crossed]:
    """List the open cases that may belong to swaps which concern the actor."""
    rows = await fetch(SWAPPING, actor.reads_everything, sorted(actor.sees))
    return [Crossed(_discrepancy(row), row["yours"]) for row in rows]


async def homes_of(pieces: Collection[str]) -> dict[str, Sequence[Home]]:
    """Find the manifests on which pieces are listed, in the order of their sealing."""
    homes: dict[str, list[Home]] = {}
    for row in await fetch(HOMES, list(pieces)):
        homes.setdefault(row["piece"], []).append(msgspec.convert(dict(row), Home))
    return dict(homes)


async def parties_of(manifest: str) -> set[str]:
    """Name the organisations that a manifest is between."""
    rows = await fetch("SELECT giver, receiver, carrier FROM manifest WHERE code = $1", manifest)
    return {party for row in rows for party in row if party is not None}


async def party_of(manifests: Collection[str], actor: Actor) -> set[str]:
    """Keep the manifests of which the actor is a party."""
    rows = await fetch(PARTY_OF, list(manifests), actor.reads_everything, sorted(actor.sees))
    return {row["code"] for row in rows}


async def project(touched: Touched) -> None:
    """Bring the discrepancies of manifests among these codes up to their records."""
    manifests = [code for code in touched.told if code.startswith("BK-")]
    if manifests:
        await execute(PROJECT, manifests)


def _discrepancy(row: Any) -> Discrepancy:
    return msgspec.convert(dict(row), Discrepancy)
