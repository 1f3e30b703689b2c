"""Every statement of steps and nonconformities."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.steps.rules import Nonconformity, State

PUT = load_sql(__package__, "put.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")
NEWEST = load_sql(__package__, "newest.sql")


class Noted(Nonconformity, frozen=True, kw_only=True):
    """A nonconformity with what was done about it; None where nothing was, or the text was erased."""

    action: str | None


class Ended(Struct, frozen=True, kw_only=True):
    """A dossier whose case has ended."""

    code: str
    procedure: str
    procedure_version: int | None


async def put(codes: Collection[str], found: Sequence[Nonconformity]) -> None:
    """Make the projection hold exactly these under these codes."""
    await execute(PUT, list(codes), msgspec.json.encode(found).decode())


async def get(code: str, actor: Actor) -> Noted:
    """Get one that the actor may see; absent and invisible are alike."""
    found = await page_of(actor, code=code, limit=1)
    if not found:
        raise NotFound(
            "nonconformity.not_found",
            vi="Không tìm thấy phiếu không phù hợp này",
            en="There is no such nonconformity",
        )
    return found[0]


async def page_of(
    actor: Actor,
    *,
    code: str | None = None,
    dossier: str | None = None,
    state: State | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[Noted]:
    """List those of an actor's agencies, newest first."""
    at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF,
        actor.reads_everything,
        sorted(actor.sees),
        code,
        dossier,
        state.value if state else None,
        at,
        last,
        limit,
    )
    return [msgspec.convert(dict(row), Noted) for row in rows]


async def exists(code: str) -> bool:
    """Tell whether a code is taken."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM nonconformity WHERE code = $1)", code))


async def spans_of(dossier: str) -> frozenset[int]:
    """Name the steps of a dossier about which there is one already."""
    rows = await fetch(
        "SELECT span FROM nonconformity WHERE dossier = $1 AND span IS NOT NULL AND state <> 'closed'",
        dossier,
    )
    return frozenset(row["span"] for row in rows)


async def spans_among(dossiers: Collection[str]) -> frozenset[tuple[str, int]]:
    """Name the steps of several dossiers about which there ever was one."""
    rows = await fetch(
        "SELECT dossier, span FROM nonconformity WHERE dossier = ANY ($1::text[]) AND span IS NOT NULL",
        list(dossiers),
    )
    return frozenset((row["dossier"], row["span"]) for row in rows)


async def add_note(row: UUID, code: str, salt: bytes, note: str, now: datetime) -> None:
    """Keep what was done, and the salt of its commitment in the ledger."""
    await execute(
        "INSERT INTO nonconformity_note (row, code, salt, note, created_at) VALUES ($1, $2, $3, $4, $5)",
        row,
        code,
        salt,
        note,
        now,
    )


async def newest(actor: Actor, *, procedure: str | None, authority: str | None, limit: int) -> list[Ended]:
    """List dossiers of an actor's agencies whose case has ended, newest first."""
    rows = await fetch(NEWEST, actor.reads_everything, sorted(actor.sees), procedure, authority, limit)
    return [msgspec.convert(dict(row), Ended) for row in rows]
