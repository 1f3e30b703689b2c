"""The audit log: who did or read what, appended and never changed."""

from datetime import datetime, timedelta
from typing import Any

from postal.audit import repository
from postal.audit.looks import SHOWN, Seen
from postal.identifiers import lowest_id, new_id

ONE_LOOK = timedelta(minutes=1)
"""A page that brings itself up to date, or is opened again at once, is one look."""

FORGOTTEN_AT_ONCE = 5_000


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


async def record_looks(seen: Seen, *, now: datetime, actor: str, organisation: str | None) -> None:
    """Append who was shown what sorts of personal data of whom, in one statement; never the data."""
    entries = [
        (new_id(now), code, {"shown": sorted(shown)} | ({"code": about} if about else {}))
        for (code, about), shown in sorted(seen.items(), key=lambda one: one[0][0])
    ]
    await repository.add_looks(entries, now, actor, organisation, SHOWN, lowest_id(now - ONE_LOOK))


async def forget_looks(before: datetime) -> int:
    """Drop some of the looks that are older, the oldest first; gives how many went. Deeds stay for ever."""
    return await repository.forget_looks(lowest_id(before), FORGOTTEN_AT_ONCE)
