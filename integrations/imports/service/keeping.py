"""What is kept of files, and for how long: their end by date, and by a person's request."""

from datetime import datetime
from typing import Any

from integrations.imports import repository
from postal.db import unit_of_work

AT_ONCE = 5


async def clear(now: datetime) -> int:
    """Erase files whose time has come, a few at a time."""
    ended = await repository.expired(now, AT_ONCE)
    for job in ended:
        async with unit_of_work():
            if await repository.hold(job):
                await repository.erase(job, now)
    return len(ended)


async def export_about(dossier: str) -> list[dict[str, Any]]:
    """Tell in which files, still kept, a dossier stands."""
    return [{"import": str(job), "row": row.row} for job, row in await repository.rows_about(dossier)]


async def erase_about(dossier: str, now: datetime) -> int:
    """Erase every file in which a dossier stands; what was counted of them stays."""
    jobs = sorted({job for job, _ in await repository.rows_about(dossier)})
    for job in jobs:
        await repository.hold(job)
        await repository.erase(job, now)
    return len(jobs)
