"""Statements of imports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.case_logs.rules import Refusal
from postal.db import execute, fetch_row

KEPT_ERRORS = 1_000


class Run(Struct, frozen=True, kw_only=True):
    """A run of an import."""

    id: UUID
    done_line: int
    dossiers_new: int
    events_new: int


async def find_unfinished(log: str, file_sha256: bytes) -> Run | None:
    """Find the latest run of this very file that did not come to its end."""
    row = await fetch_row(
        """
        SELECT id, done_line, dossiers_new, events_new
        FROM import_run
        WHERE log = $1 AND file_sha256 = $2 AND finished_at IS NULL
        ORDER BY started_at DESC, id DESC
        LIMIT 1
        """,
        log,
        file_sha256,
    )
    return msgspec.convert(dict(row), Run) if row else None


async def add(run: UUID, log: str, file_name: str, file_sha256: bytes, now: datetime) -> None:
    """Begin a run."""
    await execute(
        """
        INSERT INTO import_run (
            id, log, file_name, file_sha256, started_at, finished_at, rows, done_line, dossiers_new, events_new,
            refused, errors
        )
        VALUES ($1, $2, $3, $4, $5, NULL, 0, 0, 0, 0, 0, '[]')
        """,
        run,
        log,
        file_name,
        file_sha256,
        now,
    )


async def advance(run: Run) -> None:
    """Note how far a run came."""
    await execute(
        "UPDATE import_run SET done_line = $2, dossiers_new = $3, events_new = $4 WHERE id = $1",
        run.id,
        run.done_line,
        run.dossiers_new,
        run.events_new,
    )


async def finish(run: UUID, rows: int, refusals: Sequence[Refusal], now: datetime) -> None:
    """End a run with what it refused."""
    await execute(
        "UPDATE import_run SET finished_at = $2, rows = $3, refused = $4, errors = $5::text::jsonb WHERE id = $1",
        run,
        now,
        rows,
        len(refusals),
        msgspec.json.encode(refusals[:KEPT_ERRORS]).decode(),
    )
