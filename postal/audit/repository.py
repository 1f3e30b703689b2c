"""Statements of the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute


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
