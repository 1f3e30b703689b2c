"""Statements of the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch


class Entry(msgspec.Struct, frozen=True):
    """One line of the log."""

    id: UUID
    at: datetime
    actor: str
    organisation: str | None
    action: str
    subject: str
    detail: dict[str, Any]


async def add(
    entry: UUID,
    at: datetime,
    actor: str,
    organisation: str | None,
    action: str,
    subject: str,
    detail: dict[str, Any],
) -> None:
    """Append an entry."""
    await execute(
        """
        INSERT INTO audit (id, at, actor, organisation, action, subject, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
        """,
        entry,
        at,
        actor,
        organisation,
        action,
        subject,
        msgspec.json.encode(detail).decode(),
    )


async def list_of_subject(subject: str, limit: int = 100) -> tuple[Entry, ...]:
    """List the latest entries about a subject, newest first."""
    rows = await fetch("SELECT * FROM audit WHERE subject = $1 ORDER BY id DESC LIMIT $2", subject, limit)
    return tuple(
        msgspec.convert({**row, "detail": msgspec.json.decode(row["detail"])}, Entry, from_attributes=True)
        for row in rows
    )
