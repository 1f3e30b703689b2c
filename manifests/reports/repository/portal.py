"""What the national portal knows."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from manifests.reports.rules.portal import PortalReceipt
from postal.db import execute, fetch, fetch_value, load_sql
from postal.identifiers import new_id
from postal.identity.rules import Actor

WAITING = load_sql(__package__, "waiting_for_portal.sql")
PORTAL_FIGURES = load_sql(__package__, "portal_figures.sql")


class Waiting(Struct, frozen=True, kw_only=True):
    """A dossier whose status the national portal does not know; `error` is what it last said."""

    code: str
    status: int
    registered_at: datetime
    refused_at: datetime | None
    error: str | None


class PortalError(Struct, frozen=True, kw_only=True):
    """An answer by which the portal refused dossiers."""

    error: str
    n: int
    latest: datetime


async def waiting_for_portal(actor: Actor, after: tuple[datetime, str] | None, limit: int) -> list[Waiting]:
    """List what the portal has not acknowledged, oldest first."""
    at, code = after or (None, None)
    rows = await fetch(WAITING, actor.reads_everything, sorted(actor.sees), at, code, limit)
    return [Waiting(**dict(row)) for row in rows]


async def portal_figures(actor: Actor) -> dict[str, int]:
    """Count dossiers by what the portal knows of them."""
    rows = await fetch(PORTAL_FIGURES, actor.reads_everything, sorted(actor.sees))
    return dict(rows[0])


async def portal_errors(actor: Actor) -> list[PortalError]:
    """List why the portal refused what, the most frequent reasons first."""
    rows = await fetch(
        """
        SELECT coalesce(error, '') AS error, count(*) AS n, max(at) AS latest
        FROM portal_receipt
        WHERE state = 'refused'
          AND ($1::boolean OR EXISTS (
              SELECT FROM visibility AS v
              WHERE v.piece = portal_receipt.dossier AND v.organisation = ANY ($2::text[])
          ))
        GROUP BY coalesce(error, '')
        ORDER BY n DESC, error
        LIMIT 50
        """,
        actor.reads_everything,
        sorted(actor.sees),
    )
    return [PortalError(**dict(row)) for row in rows]


async def anything_synchronised() -> bool:
    """Tell whether the national portal ever acknowledged a dossier."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM portal_receipt WHERE state = 'accepted')"))


async def seen_dossiers(codes: Collection[str], actor: Actor) -> set[str]:
    """Keep those codes that are dossiers which the actor sees."""
    rows = await fetch(
        """
        SELECT code FROM dossier AS d
        WHERE code = ANY ($1::text[])
          AND ($2::boolean OR EXISTS (
              SELECT FROM visibility AS v WHERE v.piece = d.code AND v.organisation = ANY ($3::text[])
          ))
        """,
        sorted(codes),
        actor.reads_everything,
        sorted(actor.sees),
    )
    return {row["code"] for row in rows}


async def add_portal_receipts(receipts: Sequence[PortalReceipt], by: str, now: datetime) -> None:
    """Keep what the portal answered."""
    await execute(
        """
        INSERT INTO portal_receipt (id, dossier, portal_status, state, error, at, by_actor)
        SELECT id, dossier, status, state, error, $6, $7
        FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::text[])
            AS given (id, dossier, status, state, error)
        """,
        [new_id(now) for _ in receipts],
        [each.dossier for each in receipts],
        [each.status for each in receipts],
        ["accepted" if each.accepted else "refused" for each in receipts],
        [each.error for each in receipts],
        now,
        by,
    )
