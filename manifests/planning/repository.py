"""Every SQL statement of planning."""

from collections.abc import Collection

import msgspec

from manifests.planning.rules import EXCEPTED, Exempted, Waiting
from postal.db import execute, fetch, fetch_value, load_sql
from postal.ledger.projections import Touched
from postal.ledger.rules import Row

WAITING = load_sql(__package__, "waiting.sql")
COUNT_WAITING = load_sql(__package__, "count_waiting.sql")
PROJECT = load_sql(__package__, "project.sql")


async def waiting_at(giver: str, limit: int) -> list[Waiting]:
    """List the pieces that wait at a giver for a manifest, those whose limit is next first."""
    return [msgspec.convert(dict(row), Waiting) for row in await fetch(WAITING, giver, limit)]


async def count_waiting(giver: str, most: int) -> int:
    """Count the pieces that wait at a giver for a manifest, up to a bound."""
    return int(await fetch_value(COUNT_WAITING, giver, most))


async def exempted_of(manifest: str) -> list[Exempted]:
    """List what came off a manifest at its sealing; who may see the manifest is asked before."""
    rows = await fetch("SELECT * FROM manifest_exception WHERE manifest = $1 ORDER BY piece", manifest)
    return [msgspec.convert(dict(row), Exempted) for row in rows]


async def project(touched: Touched) -> None:
    """Keep what was left out of manifests, for those of these codes that were."""
    if not touched.told:
        return
    rows = await touched.rows(touched.told)
    if codes := [code for code in sorted(rows) if _exempted(code, rows[code].rows)]:
        await execute(PROJECT, codes)


def _exempted(code: str, rows: Collection[Row]) -> bool:
    return any(row.content.kind == EXCEPTED and row.content.code == code for row in rows)
