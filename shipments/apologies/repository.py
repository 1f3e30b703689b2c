"""Every statement of apologies."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value, load_sql
from postal.identity.rules import Actor
from postal.law.rules import Status
from shipments.apologies.rules import Apology

PUT = load_sql(__package__, "put.sql")
PUT_DRAFT = load_sql(__package__, "put_draft.sql")
TO_DRAFT = load_sql(__package__, "to_draft.sql")
DROP_STALE = load_sql(__package__, "drop_stale.sql")
DRAFTS = load_sql(__package__, "drafts.sql")
SENT = load_sql(__package__, "sent.sql")
OVERDUE = load_sql(__package__, "overdue.sql")
AGAIN = load_sql(__package__, "again.sql")
PUBLISHED = load_sql(__package__, "published.sql")
DRAFTING = 7_031_188_083
"""Held by the one worker that drafts."""

NUMBERED = """
SELECT count(*) FROM apology_draft WHERE authority = $1 AND number LIKE '%/' || $2::text || '-XL'
"""


class Draft(Struct, frozen=True, kw_only=True):
    """A letter as it is drafted, or its text once it was sent."""

    dossier: str
    ordinal: int
    authority: str
    desk: str
    due: datetime
    send_by: datetime
    reason: str | None
    due_new: datetime | None
    text_vi: str
    text_en: str
    drafted_at: datetime
    drafted_by: str | None = None
    edited_at: datetime | None = None
    edited_by: str | None = None
    sent_at: datetime | None = None
    row: UUID | None = None
    number: str | None = None


class Waiting(Draft, frozen=True, kw_only=True):
    """A draft in a list, with where its case stands."""

    procedure: str
    unit: str | None
    ended_at: datetime | None
    overdue: bool


class Candidate(Struct, frozen=True, kw_only=True):
    """An open dossier for which a letter may have to be drafted."""

    dossier: str
    authority: str
    desk: str
    calendar: str
    started_at: datetime
    due: datetime


class Judged(Apology, frozen=True, kw_only=True):
    """A letter that was sent, against the due instant as the clocks know it."""

    due: datetime | None
    late: bool


class Overdue(Struct, frozen=True, kw_only=True):
    """A dossier that is or was late, and nobody apologised."""

    dossier: str
    authority: str
    desk: str
    unit: str | None
    procedure: str
    due: datetime
    ended_at: datetime | None
    holder: str | None


class Asked(Struct, frozen=True, kw_only=True):
    """A request for a supplement after the first one."""

    row: UUID
    dossier: str
    ordinal: int
    at: datetime
    reason: str | None
    override: bool
    decision: str | None
    authority: str
    desk: str


class Published(Struct, frozen=True, kw_only=True):
    """What anybody may see of a letter."""

    dossier: str
    due_new: datetime | None
    at: datetime
    row: UUID


class FormOfDay(Struct, frozen=True, kw_only=True):
    """The printed form as it held on a day."""

    layout: str
    words: dict[str, Any]
    citation: str
    status: Status


async def put(codes: Collection[str], letters: Sequence[Apology]) -> None:
    """Make the projection hold exactly these letters for these dossiers."""
    await execute(PUT, list(codes), msgspec.json.encode(letters).decode())


async def put_drafts(drafts: Sequence[Draft]) -> None:
    """Keep drafts; one that was sent is never changed, and one that exists only by an edit."""
    if drafts:
        await execute(PUT_DRAFT, msgspec.json.encode(drafts).decode())


async def try_lock_drafting() -> bool:
    """Tell whether this worker may draft now; another one may be at it."""
    return bool(await fetch_value("SELECT pg_try_advisory_xact_lock($1)", DRAFTING))


async def calendars() -> list[str]:
    """Name every calendar."""
    return [row["code"] for row in await fetch("SELECT code FROM calendar ORDER BY code")]


async def to_draft(reach: Mapping[str, datetime], limit: int) -> list[Candidate]:
    """List open dossiers due within reach of their calendar and without a letter."""
    rows = await fetch(TO_DRAFT, list(reach), list(reach.values()), limit)
    return [msgspec.convert(dict(row), Candidate) for row in rows]


async def drop_stale() -> None:
    """Take away drafts that nobody touched and nobody needs any more."""
    await execute(DROP_STALE)


async def due_of(dossier: str) -> datetime | None:
    """Give the legal due instant of a dossier as its clock was last computed."""
    found: datetime | None = await fetch_value(
        "SELECT due FROM dossier_clock WHERE dossier = $1 AND clock = 'C3' AND ordinal = 0", dossier
    )
    return found


async def drafts_of(dossier: str, *, lock: bool = False) -> list[Draft]:
    """List the letters of a dossier, drafted or sent, oldest first."""
    statement = "SELECT * FROM apology_draft WHERE dossier = $1 ORDER BY ordinal"
    rows = await fetch(f"{statement} FOR UPDATE" if lock else statement, dossier)
    return [msgspec.convert(dict(row), Draft) for row in rows]


async def letters_of(dossier: str) -> list[Judged]:
    """List what was sent for a dossier, oldest first."""
    rows = await fetch("SELECT * FROM apology_judged WHERE dossier = $1 ORDER BY at, row", dossier)
    return [msgspec.convert(dict(row), Judged) for row in rows]


async def next_number(authority: str, year: int) -> int:
    """Give the next number of an authority's letters of a year; others of the authority wait until the commit."""
    await execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('apology number ' || $1::text, 0))", authority
    )
    return int(await fetch_value(NUMBERED, authority, str(year))) + 1


async def mark_sent(draft: Draft, row: UUID, number: str, salt: bytes, at: datetime) -> None:
    """Note that a draft went out, and the salt of the commitment to its text."""
    await execute(
        "UPDATE apology_draft SET sent_at = $3, row = $4, number = $5, salt = $6 WHERE dossier = $1 AND ordinal = $2",
        draft.dossier,
        draft.ordinal,
        at,
        row,
        number,
        salt,
    )


async def drafts(
    actor: Actor, now: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[Waiting]:
    """List letters that wait for a signature, by what must go out first."""
    at, dossier = after or (None, None)
    rows = await fetch(DRAFTS, actor.reads_everything, sorted(actor.sees), at, dossier, now, limit)
    return [msgspec.convert(dict(row), Waiting) for row in rows]


async def sent(
    actor: Actor,
    after: tuple[datetime, UUID] | None,
    limit: int,
    *,
    late: bool = False,
    again: bool = False,
) -> list[Judged]:
    """List letters that went out, newest first."""
    at, row = after or (None, None)
    rows = await fetch(SENT, actor.reads_everything, sorted(actor.sees), late, again, at, row, limit)
    return [msgspec.convert(dict(row), Judged) for row in rows]


async def overdue(
    actor: Actor, instant: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[Overdue]:
    """List what is overdue and nobody apologised for: a list that must be empty."""
    due, dossier = after or (None, None)
    rows = await fetch(OVERDUE, actor.reads_everything, sorted(actor.sees), instant, due, dossier, limit)
    return [msgspec.convert(dict(row), Overdue) for row in rows]


async def count_overdue(instant: datetime) -> int:
    """Count the same over everybody, for metrics."""
    return int(await fetch_value("SELECT count(*) FROM overdue_without_apology($1)", instant))


async def asked_again(actor: Actor, limit: int) -> list[Asked]:
    """List requests for a supplement after the first one, newest first."""
    rows = await fetch(AGAIN, actor.reads_everything, sorted(actor.sees), limit)
    return [msgspec.convert(dict(row), Asked) for row in rows]


async def published(since: datetime, after: tuple[datetime, UUID] | None, limit: int) -> list[Published]:
    """List what anybody may see."""
    at, row = after or (None, None)
    return [msgspec.convert(dict(row), Published) for row in await fetch(PUBLISHED, since, at, row, limit)]


async def form_at(on: date) -> FormOfDay | None:
    """Give the form that held on a day."""
    rows = await fetch(
        "SELECT layout, words, citation, status FROM apology_form WHERE valid_from <= $1"
        " ORDER BY valid_from DESC LIMIT 1",
        on,
    )
    if not rows:
        return None
    (row,) = rows
    return FormOfDay(
        layout=row["layout"],
        words=msgspec.json.decode(row["words"]),
        citation=row["citation"],
        status=Status(row["status"]),
    )
