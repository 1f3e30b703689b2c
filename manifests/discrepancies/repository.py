"""Every SQL statement of discrepancies."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from manifests.discrepancies.rules import Discrepancy, Standing
from postal.db import execute, fetch, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched

PROJECT = load_sql(__package__, "project.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")


async def get(discrepancy: UUID, actor: Actor) -> Discrepancy:
    """Get a discrepancy of which the actor is a party; absent and invisible are alike."""
    rows = await fetch(
        PAGE_OF, actor.reads_everything, sorted(actor.sees), discrepancy, None, None, None, None, None, 1
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
) -> list[Discrepancy]:
    """List the discrepancies of which the actor is a party, newest first."""
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
    )
    return [_discrepancy(row) for row in rows]


async def of_manifest(manifest: str) -> list[Discrepancy]:
    """List the discrepancies of a manifest, for rules that judge them; what a caller may see is not asked here."""
    rows = await fetch("SELECT * FROM discrepancy WHERE manifest = $1 ORDER BY piece, id", manifest)
    return [_discrepancy(row) for row in rows]


async def project(touched: Touched) -> None:
    """Bring the discrepancies of manifests among these codes up to their records."""
    manifests = [code for code in touched.told if code.startswith("BK-")]
    if manifests:
        await execute(PROJECT, manifests)


def _discrepancy(row: Any) -> Discrepancy:
    return msgspec.convert(dict(row), Discrepancy)
