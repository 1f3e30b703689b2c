"""Every SQL statement of manifests: drafts, reads by their parties, and the copy of the ledger's records."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from manifests.manifests.rules import Manifest, ManifestLine, State
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.registry import Audience

PROJECT_RECORDS = load_sql(__package__, "project_records.sql")
PROJECT_LINES = load_sql(__package__, "project_lines.sql")
PROJECT_SCANS = load_sql(__package__, "project_scans.sql")
PROJECT_RECEIVING = load_sql(__package__, "project_receiving.sql")
UNSETTLED_LINES = load_sql(__package__, "unsettled_lines.sql")
SETTLE_LINES = """
UPDATE manifest_line AS line
SET open = $3
FROM unnest($1::text[], $2::int[]) AS settled (manifest, n)
WHERE line.manifest = settled.manifest AND line.n = settled.n
"""
AUDIENCE = load_sql(__package__, "audience.sql")
FIND_MANY = load_sql(__package__, "find_many.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")
CODES_OF_DAY = "SELECT code FROM manifest WHERE code ~>=~ $1::text AND code ~<~ ($1::text || '~')"

ANSWERING = (
    "receive",
    "arrive",
    "refuse",
    "accept",
    "pack",
    "unpack",
    "offer",
    "depart",
    "hold",
    "out_for_delivery",
    "attempt_failed",
    "deliver",
    "return",
)
"""Scans that only whoever has the piece, or was offered it, can make."""

_LINES = msgspec.json.Decoder(tuple[ManifestLine, ...])


async def audience(codes: Collection[str]) -> Audience:
    """Tell whom a change of these codes concerns: the parties of manifests that are among them or list them."""
    rows = await fetch(AUDIENCE, list(codes))
    parties = {row[party] for row in rows for party in ("giver", "receiver", "carrier")}
    return Audience(
        organisations=frozenset(party for party in parties if party is not None),
        codes=frozenset(row["code"] for row in rows),
    )


async def get(code: str, actor: Actor) -> Manifest:
    """Get a manifest that the actor is a party of; absent and invisible are alike."""
    found = (await _find([code], everything=actor.reads_everything, sees=actor.sees)).get(code)
    if found is None:
        raise NotFound(
            "manifest.not_found",
            vi="Không tìm thấy bảng kê này",
            en="There is no such manifest",
            manifest=code,
        )
    return found


async def find_many(codes: Collection[str]) -> dict[str, Manifest]:
    """Find manifests by code, for rules that judge them; what a caller may see is not asked here."""
    return await _find(codes, everything=True, sees=())


async def page_of(
    actor: Actor,
    *,
    state: State | None,
    giver: str | None,
    receiver: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Manifest]:
    """List the manifests that the actor is a party of, newest first, without their lines."""
    created_at, code = after or (None, None)
    rows = await fetch(
        PAGE_OF, actor.reads_everything, sorted(actor.sees), state, giver, receiver, created_at, code, limit
    )
    return [_manifest(row, (), row["line_count"]) for row in rows]


async def count_awaited(receiver: str, most: int) -> int:
    """Count the manifests that are on their way to an organisation or being counted there, up to a bound."""
    return int(
        await fetch_value(
            """
            SELECT count(*)
            FROM (
                SELECT FROM manifest WHERE receiver = $1 AND state IN ('dispatched', 'receiving') LIMIT $2
            ) AS found
            """,
            receiver,
            most,
        )
    )


async def lock(code: str) -> State | None:
    """Hold a manifest against other writers until the end of the unit of work; give its state."""
    state = await fetch_value("SELECT state FROM manifest WHERE code = $1 FOR UPDATE", code)
    return State(state) if state else None


async def codes_of_day(prefix: str) -> set[str]:
    """List the codes that share the day's prefix."""
    # Not ^@: of a prefix that is a parameter it makes no bounds, and reads all manifests. No code has a byte above ~.
    rows = await fetch(CODES_OF_DAY, prefix)
    return {row["code"] for row in rows}


async def add_draft(manifest: Manifest) -> bool:
    """Add a draft without lines; False when its code is taken."""
    row = await fetch_row(
        """
        INSERT INTO manifest (code, state, giver, receiver, carrier, route, cut_off, note, created_at)
        VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING
        RETURNING code
        """,
        manifest.code,
        manifest.giver,
        manifest.receiver,
        manifest.carrier,
        manifest.route,
        manifest.cut_off,
        manifest.note,
        manifest.created_at,
    )
    return row is not None


async def put_lines(code: str, pieces: Sequence[str]) -> set[str]:
    """Make a draft hold exactly these pieces; give those that could not be, since another open manifest has them.

    Waits for others that are writing the same pieces; in the order of the pieces, so that two never wait for each
    other.
    """
    await execute("DELETE FROM manifest_line WHERE manifest = $1", code)
    rows = await fetch(
        """
        INSERT INTO manifest_line (manifest, n, piece, open)
        SELECT $1, n, piece, true
        FROM unnest($2::text[]) WITH ORDINALITY AS line (piece, n)
        ORDER BY piece COLLATE "C"
        ON CONFLICT (piece) WHERE open DO NOTHING
        RETURNING piece
        """,
        code,
        list(pieces),
    )
    return set(pieces) - {row["piece"] for row in rows}


async def drop_draft(code: str) -> None:
    """Take away a draft that has no lines, within the unit of work that made it."""
    await execute("DELETE FROM manifest WHERE code = $1 AND state = 'draft'", code)


async def open_manifests_of(pieces: Collection[str]) -> dict[str, str]:
    """Find the open manifest that each piece is on."""
    rows = await fetch(
        "SELECT piece, manifest FROM manifest_line WHERE open AND piece = ANY($1::text[])", list(pieces)
    )
    return {row["piece"]: row["manifest"] for row in rows}


async def project(touched: Touched) -> None:
    """Bring the copies of manifests up to the ledger rows of these codes: manifests, or pieces on them."""
    codes = list(await touched.once(on_manifests))
    if not codes:
        return
    manifests = [code for code in codes if code.startswith("BK-")]
    if manifests:
        await execute(PROJECT_RECORDS, manifests)
        await execute(PROJECT_LINES, manifests)
    await execute(PROJECT_SCANS, codes)
    await execute(PROJECT_RECEIVING, codes, list(ANSWERING))
    await _settle_lines(codes)


async def _settle_lines(codes: Collection[str]) -> None:
    """Let each piece be kept by at most one manifest; what lets go does so first, since a unique index watches."""
    unsettled = await fetch(UNSETTLED_LINES, list(codes), list(ANSWERING))
    for now_open in (False, True):
        lines = [(row["manifest"], row["n"]) for row in unsettled if row["open"] is now_open]
        if lines:
            await execute(SETTLE_LINES, [code for code, _ in lines], [n for _, n in lines], now_open)


async def on_manifests(touched: Touched) -> set[str]:
    """Keep the codes that have to do with a manifest: it, its lines, and pieces scanned under it."""
    return {code for code, rows in (await touched.rows(touched.codes)).items() if _names_manifest(code, rows)}


def _names_manifest(code: str, rows: RowSet) -> bool:
    contents = (row.content for each in (rows.rows, *rows.disputed.values()) for row in each)
    return code.startswith("BK-") or any(
        content.kind.startswith("manifest.") or "manifest" in content.body for content in contents
    )


async def _find(codes: Collection[str], *, everything: bool, sees: Collection[str]) -> dict[str, Manifest]:
    rows = await fetch(FIND_MANY, list(codes), everything, sorted(sees))
    found = {}
    for row in rows:
        lines = _LINES.decode(row["lines"])
        found[row["code"]] = _manifest(row, lines, len(lines))
    return found


def _manifest(row: Any, lines: tuple[ManifestLine, ...], line_count: int) -> Manifest:
    fields = {
        name: row[name] for name in Manifest.__struct_fields__ if name not in {"lines", "line_count", "state"}
    }
    return Manifest(**fields, state=State(row["state"]), lines=lines, line_count=line_count)
