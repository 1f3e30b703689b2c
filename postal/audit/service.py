"""The audit log: who did or read what, appended and never changed."""

from datetime import datetime
from typing import Any

from postal.audit import repository
from postal.identifiers import new_id


async def record(
    *,
    now: datetime,
    actor: str,
    organisation: str | None,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one entry, in the open unit of work if there is one; `detail` holds codes, never personal data."""
    await repository.add(new_id(now), now, actor, organisation, action, subject, detail or {})
