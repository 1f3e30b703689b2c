"""Statements of imports."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.imports.rules import Job, Profile, RowError, State
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor

NEXT_ROWS = load_sql(__package__, "next_rows.sql")
ADVANCE = load_sql(__package__, "advance.sql")
ADD_ERRORS = load_sql(__package__, "add_errors.sql")
SUMMARY = load_sql(__package__, "summary.sql")
CUSTODY = load_sql(__package__, "custody.sql")


class KeptProfile(Struct, frozen=True, kw_only=True):
    """A version of a profile as an organisation stated it."""

    code: str
    version: int
    body: dict[str, Any]
    made_at: datetime


class KeptRow(Struct, frozen=True, kw_only=True):
    """A row that was understood, sealed."""

    row: int
    subject: str
    at: datetime
    sealed: bytes


class KeptError(Struct, frozen=True, kw_only=True):
    """Why a row was not taken, and the row as it came, sealed."""

    error: RowError
    at_reading: bool = False
    cells: bytes | None = None


class Tally(Struct, frozen=True, kw_only=True):
    """What some rows came to."""

    done: int = 0
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    refused: int = 0


async def add_job(job: Job) -> None:
    """Keep a new import."""
    await execute(
        """
        INSERT INTO import_job (
            id, organisation, kind, format, profile, profile_version, profile_body, file_name, size, wrapped, actor,
            dry_run, state, made_at, expires_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11::text::jsonb, $12, $13, $14, $15)
        """,
        job.id,
        job.organisation,
        job.kind.value,
        job.format.value,
        job.profile,
        job.profile_version,
        _json(job.profile_body),
        job.file_name,
        job.size,
        job.wrapped,
        _json(job.actor),
        job.dry_run,
        job.state.value,
        job.made_at,
        job.expires_at,
    )


async def add_piece(job: UUID, number: int, sealed: bytes) -> None:
    """Keep a part of the file."""
    await execute("INSERT INTO import_piece (job, number, sealed) VALUES ($1, $2, $3)", job, number, sealed)


async def pieces_of(job: UUID) -> list[bytes]:
    """Give the parts of a file, in order."""
    rows = await fetch("SELECT sealed FROM import_piece WHERE job = $1 ORDER BY number", job)
    return [row["sealed"] for row in rows]


async def get(job: UUID, actor: Actor) -> Job:
    """Get an import of the actor's organisation; absent and invisible are alike."""
    row = await fetch_row(
        f"{SUMMARY} WHERE id = $1 AND organisation = ANY($2::text[])", job, sorted(actor.sees)
    )
    if row is None:
        raise NotFound("import.not_found", vi="Không tìm thấy lần nhập này", en="There is no such import")
    return _job(row)


async def hold(job: UUID) -> Job | None:
    """Find an import and hold it until the unit of work ends."""
    row = await fetch_row(f"{SUMMARY} WHERE id = $1 FOR NO KEY UPDATE", job)
    return _job(row) if row else None


async def listed(actor: Actor, after: UUID | None, limit: int) -> list[Job]:
    """List the imports of the actor's organisation, newest first."""
    rows = await fetch(
        f"{SUMMARY} WHERE organisation = ANY($1::text[]) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        sorted(actor.sees),
        after,
        limit,
    )
    return [_job(row) for row in rows]


async def count_under_way(organisation: str) -> int:
    """Count the imports of an organisation that are not at their end."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM import_job WHERE organisation = $1 AND state IN ('reading', 'applying')",
            organisation,
        )
    )


async def add_rows(job: UUID, rows: Sequence[KeptRow]) -> None:
    """Keep rows that were understood."""
    await execute(
        """
        INSERT INTO import_row (job, row, subject, at, sealed)
        SELECT $1, * FROM unnest($2::int[], $3::text[], $4::timestamptz[], $5::bytea[])
        """,
        job,
        [row.row for row in rows],
        [row.subject for row in rows],
        [row.at for row in rows],
        [row.sealed for row in rows],
    )


async def next_rows(job: Job, limit: int) -> list[KeptRow]:
    """Give the rows that are judged next: all that are about one thing follow each other."""
    rows = await fetch(NEXT_ROWS, job.id, job.next_subject, job.next_at, job.next_row, limit)
    return [msgspec.convert(dict(row), KeptRow) for row in rows]


async def rows_about(subject: str) -> list[tuple[UUID, KeptRow]]:
    """Give the rows of any import that are about one thing."""
    rows = await fetch(
        "SELECT job, row, subject, at, sealed FROM import_row WHERE subject = $1 ORDER BY job, row", subject
    )
    return [
        (row["job"], msgspec.convert({k: v for k, v in row.items() if k != "job"}, KeptRow)) for row in rows
    ]


async def add_errors(job: UUID, errors: Sequence[KeptError]) -> None:
    """Keep why rows were not taken; the first reason of a row stands."""
    if errors:
        await execute(
            ADD_ERRORS,
            job,
            [each.error.row for each in errors],
            [each.at_reading for each in errors],
            [each.error.heading for each in errors],
            [each.error.code for each in errors],
            [each.error.vi for each in errors],
            [each.error.en for each in errors],
            [each.cells for each in errors],
        )


async def errors_of(job: UUID, after: int, limit: int) -> list[KeptError]:
    """List why rows were not taken, in the order of the file, behind a row."""
    rows = await fetch(
        """
        SELECT row, at_reading, heading, code, vi, en, cells FROM import_error
        WHERE job = $1 AND row > $2::bigint ORDER BY row LIMIT $3
        """,
        job,
        after,
        limit,
    )
    return [
        KeptError(
            error=RowError(
                row=row["row"], code=row["code"], vi=row["vi"], en=row["en"], heading=row["heading"]
            ),
            at_reading=row["at_reading"],
            cells=row["cells"],
        )
        for row in rows
    ]


async def note_read(job: Job) -> None:
    """Note how far a file was read."""
    await execute(
        """
        UPDATE import_job
        SET place = $2, read_whole = $3, rows_read = $4, rows_misread = $5, headings = $6::text::jsonb,
            warnings = $7::text::jsonb, state = $8
        WHERE id = $1
        """,
        job.id,
        job.place,
        job.read_whole,
        job.rows_read,
        job.rows_misread,
        _json(job.headings),
        _json(job.warnings),
        job.state.value,
    )


async def advance(job: UUID, last: KeptRow, tally: Tally) -> None:
    """Note up to where rows were judged, and what they came to."""
    await execute(
        ADVANCE,
        job,
        last.subject,
        last.at,
        last.row,
        tally.done,
        tally.new,
        tally.unchanged,
        tally.changed,
        tally.refused,
    )


async def end(job: UUID, state: State, now: datetime, failure: RowError | None = None) -> None:
    """End an import."""
    await execute(
        "UPDATE import_job SET state = $2, finished_at = $3, failure = $4::text::jsonb WHERE id = $1",
        job,
        state.value,
        now,
        _json(failure) if failure else None,
    )


async def begin_for_real(job: UUID) -> None:
    """Let a dry run be followed by the real one: what was read stays, what was judged is judged anew."""
    await execute("DELETE FROM import_error WHERE job = $1 AND NOT at_reading", job)
    await execute(
        """
        UPDATE import_job
        SET dry_run = false, state = 'applying', finished_at = NULL, next_subject = '', next_at = '-infinity',
            next_row = 0, rows_done = 0, rows_new = 0, rows_unchanged = 0, rows_changed = 0, rows_refused = 0
        WHERE id = $1
        """,
        job,
    )


async def expired(now: datetime, limit: int) -> list[UUID]:
    """List imports whose time has come, and that are at their end."""
    rows = await fetch(
        """
        SELECT id FROM import_job
        WHERE expires_at <= $1 AND erased_at IS NULL AND state NOT IN ('reading', 'applying')
        ORDER BY expires_at LIMIT $2
        """,
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def erase(job: UUID, now: datetime) -> None:
    """Forget a file for good: its key, its bytes, its rows. What was counted, and the reasons of refusals, stay."""
    await execute("DELETE FROM import_piece WHERE job = $1", job)
    await execute("DELETE FROM import_row WHERE job = $1", job)
    await execute("UPDATE import_error SET cells = NULL WHERE job = $1 AND cells IS NOT NULL", job)
    await execute(
        "UPDATE import_job SET wrapped = NULL, file_name = NULL, erased_at = $2 WHERE id = $1", job, now
    )


async def add_profile(organisation: str, profile: Profile, by: str, now: datetime) -> int:
    """Keep a further version of a profile; give its number."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 138))", f"{organisation}/{profile.code}")
    return int(
        await fetch_value(
            """
            INSERT INTO import_profile (organisation, code, version, kind, body, made_at, made_by)
            SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4::text::jsonb, $5, $6
            FROM import_profile WHERE organisation = $1 AND code = $2
            RETURNING version
            """,
            organisation,
            profile.code,
            profile.kind.value,
            _json(profile),
            now,
            by,
        )
    )


async def profiles_of(organisation: str) -> list[KeptProfile]:
    """List the newest version of each profile of an organisation."""
    rows = await fetch(
        """
        SELECT DISTINCT ON (code) code, version, body, made_at FROM import_profile
        WHERE organisation = $1 ORDER BY code, version DESC
        """,
        organisation,
    )
    return [
        KeptProfile(
            code=row["code"],
            version=row["version"],
            body=msgspec.json.decode(row["body"]),
            made_at=row["made_at"],
        )
        for row in rows
    ]


async def begin_trial() -> None:
    """Remember how things stand in this unit of work."""
    await execute("SAVEPOINT import_trial")


async def undo_trial() -> None:
    """Make everything as it was remembered."""
    await execute("ROLLBACK TO SAVEPOINT import_trial")


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _job(row: Any) -> Job:
    decoded = ("profile_body", "actor", "failure", "headings", "warnings")
    plain = dict(row) | {name: msgspec.json.decode(row[name]) for name in decoded if row[name] is not None}
    return msgspec.convert(plain, Job)


async def custody_of(organisations: Collection[str], after: str, limit: int) -> list[dict[str, Any]]:
    """Give dossiers of these organisations behind a code, with who holds their papers and results."""
    return [dict(row) for row in await fetch(CUSTODY, sorted(organisations), after, limit)]
