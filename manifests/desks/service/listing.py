"""Today's list: one bounded question a reason, from the most urgent on, until the page is full."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from manifests.desks.repository import today
from manifests.desks.rules.tasks import RANK, TO_DO, Job, Place, Task, starts_at, tasks_from
from postal.identity.rules import Actor
from postal.network import repository as network

COUNTED = 100


class Today(Struct, frozen=True, kw_only=True):
    """A page of the list, where the next one begins, and how much there is of each task (up to `COUNTED`)."""

    jobs: tuple[Job, ...]
    following: Place | None
    counts: dict[Task, int]
    names: dict[str, str]


async def todays(
    actor: Actor, *, wanted: Task | None, after: Place | None, now: datetime, limit: int
) -> Today:
    """List what the actor's agency has to do, the most urgent first."""
    parties = sorted(actor.sees)
    found: list[Job] = []
    for task in tasks_from(wanted, after):
        short = limit + 1 - len(found)
        if short <= 0:
            break
        seen = {job.dossier for job in found}
        listed = await today.jobs(task, parties, starts_at(task, after), now=now, limit=short)
        found += [job for job in listed if job.dossier not in seen]
    shown = tuple(found[:limit])
    return Today(
        jobs=shown,
        following=place_of(shown[-1]) if len(found) > limit else None,
        counts={task: await today.count(task, parties, now=now, most=COUNTED) for task in Task},
        names=await names_of(shown),
    )


async def names_of(jobs: Sequence[Job]) -> dict[str, str]:
    """Give the names of those whose step it is."""
    return await network.names_of({job.holder for job in jobs if job.holder})


async def late(actor: Actor, *, after: Place | None, now: datetime, limit: int) -> list[Job]:
    """List what is past its limit, told or not, the latest in front."""
    parties = sorted(actor.sees)
    start = (after.at, after.dossier) if after else None
    found = [
        job
        for task in (Task.OVERDUE, Task.LATE)
        for job in await today.jobs(task, parties, start, now=now, limit=limit)
    ]
    return sorted(found, key=lambda job: (job.at, job.dossier, RANK[job.task]))[:limit]


def place_of(job: Job) -> Place:
    """Give where a page ends that ends with this row."""
    return Place(job.task, job.at, job.dossier)


__all__ = ["COUNTED", "TO_DO", "Today", "late", "names_of", "place_of", "todays"]
