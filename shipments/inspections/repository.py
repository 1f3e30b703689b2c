"""Every SQL statement of inspections, and their projector."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row
from postal.network.rules import start_of
from shipments.inspections.rules import Finding, Inspection, fold_inspection, is_inspection

PUT = load_sql(__package__, "put.sql")
PUT_FINDINGS = load_sql(__package__, "put_findings.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")


async def project(touched: Touched) -> None:
    """Bring the inspections among these codes up to their rows."""
    codes = sorted(code for code in touched.told if is_inspection(code))
    if not codes:
        return
    sets = await touched.rows(codes)
    folded = [fold_inspection(code, _undisputed(sets[code])) for code in codes]
    kept = [one for one in folded if one is not None]
    await execute(PUT, codes, _json([inspection for inspection, _ in kept]))
    await execute(PUT_FINDINGS, codes, _json([finding for _, found in kept for finding in found]))


async def get(code: str, actor: Actor) -> Inspection:
    """Get an inspection that the actor sees; absent and invisible are alike."""
    found = await page_of(actor, code=code, organisation=None, after=None, limit=1)
    if not found:
        raise NotFound(
            "inspection.not_found", vi="Không tìm thấy cuộc kiểm tra này", en="There is no such inspection"
        )
    return found[0]


async def find(code: str) -> Inspection | None:
    """Find an inspection, for rules that judge it; what a caller may see is not asked here."""
    row = await fetch_row("SELECT * FROM inspection WHERE code = $1", code)
    return msgspec.convert(dict(row), Inspection) if row else None


async def page_of(
    actor: Actor,
    *,
    code: str | None,
    organisation: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Inspection]:
    """List the inspections that the actor sees, newest first."""
    drawn_at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF, actor.reads_everything, sorted(actor.sees), code, organisation, drawn_at, last, limit
    )
    return [msgspec.convert(dict(row), Inspection) for row in rows]


async def findings_of(code: str) -> list[Finding]:
    """List what was found, in the order of the dossiers' codes."""
    rows = await fetch("SELECT * FROM inspection_finding WHERE inspection = $1 ORDER BY dossier", code)
    return [
        msgspec.convert({**dict(row), "checks": msgspec.json.decode(row["checks"])}, Finding) for row in rows
    ]


async def population_of(organisation: str, begin: date, end: date) -> list[str]:
    """List the dossiers of an organisation that were registered in a period."""
    rows = await fetch(
        """
        SELECT code FROM dossier
        WHERE registered_at >= $2 AND registered_at < $3 AND $1 IN (authority, desk, office, unit)
        """,
        organisation,
        start_of(begin),
        start_of(end),
    )
    return sorted(row["code"] for row in rows)


async def add_remark(
    row: UUID, inspection: str, dossier: str, remark: str, salt: bytes, now: datetime
) -> None:
    """Keep what an inspector wrote, and the salt of the commitment in the ledger."""
    await execute(
        """
        INSERT INTO inspection_remark (row_id, inspection, dossier, remark, salt, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        row,
        inspection,
        dossier,
        remark,
        salt,
        now,
    )


async def remarks_of(code: str) -> dict[UUID, str]:
    """Give what inspectors wrote in an inspection."""
    rows = await fetch(
        "SELECT row_id, remark FROM inspection_remark WHERE inspection = $1 AND erased_at IS NULL", code
    )
    return {row["row_id"]: row["remark"] for row in rows}


async def remarks_about(dossier: str) -> list[dict[str, Any]]:
    """List what inspectors wrote about a dossier."""
    rows = await fetch(
        """
        SELECT inspection, remark, created_at AS at FROM inspection_remark
        WHERE dossier = $1 AND erased_at IS NULL ORDER BY created_at, row_id
        """,
        dossier,
    )
    return [dict(row) for row in rows]


async def erase_remarks(dossier: str, now: datetime) -> int:
    """Forget what inspectors wrote about a dossier, and with the salts what opens the commitments."""
    rows = await fetch(
        """
        UPDATE inspection_remark SET remark = NULL, salt = NULL, erased_at = $2
        WHERE dossier = $1 AND erased_at IS NULL
        RETURNING 1
        """,
        dossier,
        now,
    )
    return len(rows)


def _json(values: list[Inspection] | list[Finding]) -> str:
    return msgspec.json.encode(values).decode()


def _undisputed(rows: RowSet) -> list[Row]:
    return [row for row in rows.rows if len(rows.disputed.get(row.content.id, ())) < 2]
