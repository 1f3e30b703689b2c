"""Statements of the portal's fields."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.portal.rules import Known
from postal.db import execute, fetch, fetch_row, load_sql
from postal.identity.rules import Actor, Role

KNOWN = load_sql(__package__, "known.sql")
EXPORT = load_sql(__package__, "export.sql")
PAGE_ENDS = load_sql(__package__, "page_ends.sql")
CHANGED = load_sql(__package__, "changed.sql")
DOSSIERS_A_PAGE, PAGES_AT_ONCE = 1_000, 2


class Subject(Struct, frozen=True, kw_only=True):
    """A dossier that something happened to, and whose it is."""

    event: UUID
    kind: str
    dossier: str
    parties: frozenset[str]
    delivery: bool = False


class Told(Struct, frozen=True, kw_only=True):
    """How far a partner was told: of how many dossiers, and when it last acknowledged one."""

    partner: UUID
    dossiers: int
    last: datetime


class Whose(Struct, frozen=True, kw_only=True):
    """Whose dossiers an actor may read with the applicant: as an agency of theirs, or as the office's own program."""

    everything: bool
    organisations: tuple[str, ...]
    program: bool

    @classmethod
    def of(cls, actor: Actor, *, everything: bool = False) -> "Whose":
        """Tell what an actor may read; `everything` is for the operator of the machine alone."""
        return cls(
            everything=everything, organisations=tuple(sorted(actor.sees)), program=Role.SYSTEM in actor.roles
        )


async def known(codes: Collection[str]) -> list[Known]:
    """Read dossiers with all that the fields hold, in the order of registration; who may see them is not asked."""
    return [_known(row) for row in await fetch(KNOWN, list(codes))]


async def pages(
    begin: datetime, end: datetime, whose: Whose, between: str, *, after: str = ""
) -> AsyncIterator[tuple[int, bytes]]:
    """Write the dossiers registered in a period, a page after the other: how many, and their JSON."""
    waiting: deque[asyncio.Task[Any]] = deque()
    at, code, more = begin, after, True
    try:
        while more or waiting:
            while more and len(waiting) < PAGES_AT_ONCE:
                last = await fetch_row(PAGE_ENDS, at, code, end, DOSSIERS_A_PAGE)
                if last is None or last["code"] is None:
                    more = False
                else:
                    given = (at, code, last["at"], last["code"], whose.everything, list(whose.organisations))
                    waiting.append(asyncio.create_task(fetch_row(EXPORT, *given, between, whose.program)))
                    at, code = last["at"], last["code"]
            if waiting and (row := await waiting.popleft())["rows"]:
                yield row["rows"], row["json"]
    finally:
        for task in waiting:
            task.cancel()


async def codes_of(
    begin: datetime, end: datetime, whose: Whose, after: tuple[datetime, str] | None, limit: int
) -> list[tuple[datetime, str]]:
    """List the dossiers registered in a period whose applicant may be read, in the order of registration."""
    at, code = after or (begin, "")
    rows = await fetch(
        """
        SELECT registered_at, code FROM dossier
        WHERE (registered_at, code) > ($1::timestamptz, $2::text) AND registered_at < $3
        AND (
            $4::boolean OR ARRAY[desk, authority, unit] && $5::text[]
            OR ($6::boolean AND office = ANY ($5::text[]))
        )
        ORDER BY registered_at, code
        LIMIT $7
        """,
        at,
        code,
        end,
        whose.everything,
        list(whose.organisations),
        whose.program,
        limit,
    )
    return [(row["registered_at"], row["code"]) for row in rows]


async def may_read(code: str, whose: Whose) -> bool:
    """Tell whether there is such a dossier whose applicant may be read."""
    row = await fetch_row(
        """
        SELECT FROM dossier
        WHERE code = $1 AND (
            $2::boolean OR ARRAY[desk, authority, unit] && $3::text[] OR ($4::boolean AND office = ANY ($3::text[]))
        )
        """,
        code,
        whose.everything,
        list(whose.organisations),
        whose.program,
    )
    return row is not None


async def names_of(codes: Collection[str]) -> dict[str, str]:
    """Give the names of organisations."""
    rows = await fetch("SELECT code, name FROM organisation WHERE code = ANY ($1::text[])", list(codes))
    return {row["code"]: row["name"] for row in rows}


async def subjects(events: Mapping[UUID, tuple[str, str]]) -> list[Subject]:
    """Say which dossiers these rows of the feed are about (their kinds and codes), as far as the fields tell it."""
    if not events:
        return []
    ids = list(events)
    rows = await fetch(CHANGED, ids, [events[each][0] for each in ids], [events[each][1] for each in ids])
    return [
        Subject(
            event=row["event"],
            kind=row["kind"],
            dossier=row["dossier"],
            parties=frozenset(row["parties"]),
            delivery=row["delivery"],
        )
        for row in rows
    ]


async def hear(events: Sequence[UUID], partner: UUID) -> None:
    """Note that a partner's message brought some events."""
    if events:
        await execute(
            """
            INSERT INTO portal_heard (event, partner) SELECT unnest($1::uuid[]), $2 ON CONFLICT (event) DO NOTHING
            """,
            list(events),
            partner,
        )


async def heard_from(events: Collection[UUID]) -> dict[UUID, UUID]:
    """Take out of the notes which partner brought which of these events; the feed has come to them."""
    rows = await fetch(
        "DELETE FROM portal_heard WHERE event = ANY ($1::uuid[]) RETURNING event, partner", list(events)
    )
    return {row["event"]: row["partner"] for row in rows}


async def told(partner: UUID, dossiers: Collection[str]) -> set[str]:
    """Tell which of these dossiers a partner has acknowledged before."""
    rows = await fetch(
        "SELECT dossier FROM portal_told WHERE partner = $1 AND dossier = ANY ($2::text[])",
        partner,
        list(dossiers),
    )
    return {row["dossier"] for row in rows}


async def tell(partner: UUID, acknowledged: Sequence[tuple[str, int]], now: datetime) -> None:
    """Note what a partner has acknowledged."""
    latest = dict(acknowledged)
    await execute(
        """
        INSERT INTO portal_told (partner, dossier, status, told_at)
        SELECT $1, dossier, status, $4 FROM unnest($2::text[], $3::smallint[]) AS given (dossier, status)
        ON CONFLICT (partner, dossier) DO UPDATE SET status = excluded.status, told_at = excluded.told_at
        """,
        partner,
        list(latest),
        list(latest.values()),
        now,
    )


async def told_summary(partners: Collection[UUID]) -> dict[UUID, Told]:
    """Sum up what partners have acknowledged."""
    rows = await fetch(
        """
        SELECT partner, count(*) AS dossiers, max(told_at) AS last
        FROM portal_told WHERE partner = ANY ($1::uuid[]) GROUP BY partner
        """,
        list(partners),
    )
    return {row["partner"]: Told(**dict(row)) for row in rows}


async def listed_papers(procedure: str, version: int | None) -> dict[str, int]:
    """Number the papers of a version of a procedure by their codes."""
    rows = await fetch(
        "SELECT code, ordinal FROM procedure_component WHERE procedure = $1 AND version = $2",
        procedure,
        version,
    )
    return {row["code"]: row["ordinal"] for row in rows}


_LISTS = ("lines", "supplements", "fees")


def _known(row: Any) -> Known:
    fields = dict(row)
    for name in _LISTS:
        fields[name] = msgspec.json.decode(fields[name]) if fields[name] else ()
    fields["applicant"] = msgspec.json.decode(fields["applicant"]) if fields["applicant"] else None
    return msgspec.convert(fields, Known)
