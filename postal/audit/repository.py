"""Statements of the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch_value, load_sql

ADD_LOOKS = load_sql(__package__, "add_looks.sql")


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


async def add_looks(
    entries: Sequence[tuple[UUID, str, dict[str, Any]]],
    at: datetime,
    actor: str,
    organisation: str | None,
    action: str,
    since: UUID,
) -> None:
    """Append an entry for each thing that was shown, but for those that tell what an entry since then tells."""
    given = [{"id": entry, "subject": subject, "detail": detail} for entry, subject, detail in entries]
    await execute(ADD_LOOKS, msgspec.json.encode(given).decode(), at, actor, organisation, action, since)


async def forget_looks(before: UUID, most: int) -> int:
    """Drop the oldest entries of what was shown before an id; the database lets go of nothing else."""
    return int(await fetch_value("SELECT audit_forget($1, $2)", before, most))
