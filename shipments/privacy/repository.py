"""Every SQL statement of requests of data subjects, and their projector."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row
from shipments.privacy.rules import Kind, Request, State, fold_request, is_request

PUT = load_sql(__package__, "put.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")


class Wanted(Struct, frozen=True, kw_only=True):
    """Conditions of a list; what is None does not restrict. `late_at` asks for what is open and late then."""

    code: str | None = None
    state: State | None = None
    kind: Kind | None = None
    late_at: datetime | None = None


class Look(Struct, frozen=True, kw_only=True):
    """Somebody's reading or changing of a dossier, as the audit log has it."""

    at: Instant
    actor: str
    organisation: str | None
    action: str


async def project(touched: Touched) -> None:
    """Bring the requests among these codes up to their rows."""
    codes = sorted(code for code in touched.told if is_request(code))
    if not codes:
        return
    sets = await touched.rows(codes)
    folded = [fold_request(code, _undisputed(sets[code])) for code in codes]
    kept = [one for one in folded if one is not None]
    await execute(PUT, codes, msgspec.json.encode(kept).decode())


async def get(code: str, actor: Actor) -> Request:
    """Get a request that the actor sees; absent and invisible are alike."""
    found = await page_of(actor, Wanted(code=code), None, 1)
    if not found:
        raise NotFound("privacy.not_found", vi="Không tìm thấy yêu cầu này", en="There is no such request")
    return found[0]


async def find(code: str) -> Request | None:
    """Find a request, for rules that judge it; what a caller may see is not asked here."""
    row = await fetch_row("SELECT * FROM privacy_request WHERE code = $1", code)
    return msgspec.convert(dict(row), Request) if row else None


async def page_of(
    actor: Actor, wanted: Wanted, after: tuple[datetime, str] | None, limit: int
) -> list[Request]:
    """List the requests that the actor sees, newest first."""
    received_at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF,
        actor.reads_everything,
        sorted(actor.sees),
        wanted.code,
        wanted.state,
        wanted.kind,
        wanted.late_at,
        received_at,
        last,
        limit,
    )
    return [msgspec.convert(dict(row), Request) for row in rows]


async def exists(code: str) -> bool:
    """Tell whether a code was given out."""
    return await fetch_row("SELECT 1 FROM privacy_request WHERE code = $1", code) is not None


async def open_one(dossier: str, kind: Kind) -> str | None:
    """Find a request of this kind for a dossier that nobody has ended."""
    found = await fetch_value(
        """
        SELECT min(code) FROM privacy_request
        WHERE dossier = $1 AND kind = $2 AND state IN ('received', 'verified')
        """,
        dossier,
        kind.value,
    )
    return str(found) if found else None


async def requests_about(dossier: str) -> list[dict[str, Any]]:
    """List the requests about a dossier."""
    rows = await fetch(
        """
        SELECT code, kind, state, received_at, ended_at FROM privacy_request
        WHERE dossier = $1 ORDER BY received_at, code
        """,
        dossier,
    )
    return [dict(row) for row in rows]


async def looks_at(codes: Sequence[str]) -> list[Look]:
    """List who looked at these codes or changed them, as far as the audit log has it, oldest first."""
    rows = await fetch(
        """
        SELECT at, actor, organisation, action FROM audit
        WHERE array_append(string_to_array(subject, '/'), detail ->> 'code') && $1::text[]
        ORDER BY at, id
        """,
        list(codes),
    )
    return [msgspec.convert(dict(row), Look) for row in rows]


async def pieces_with(dossier: str, result: str) -> list[str]:
    """List the pieces that ever carried a dossier or its result, these two among them."""
    rows = await fetch(
        """
        SELECT code FROM piece
        WHERE code = ANY ($1::text[]) OR (dossiers <> '{}' AND dossiers && $1::text[])
        ORDER BY code
        """,
        [dossier, result],
    )
    return [row["code"] for row in rows]


async def pieces_of_nobody_else(dossier: str, result: str) -> list[str]:
    """List a dossier, its result, and the items that carried nothing but these."""
    rows = await fetch(
        """
        SELECT code FROM piece
        WHERE code = ANY ($1::text[]) OR (dossiers && $1::text[] AND dossiers <@ $1::text[])
        ORDER BY code
        """,
        [dossier, result],
    )
    return [row["code"] for row in rows]


def _undisputed(rows: RowSet) -> list[Row]:
    return [row for row in rows.rows if len(rows.disputed.get(row.content.id, ())) < 2]
