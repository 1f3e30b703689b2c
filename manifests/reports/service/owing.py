"""The calendar of reports: who owes which by when, who is late, and telling those concerned."""

from collections.abc import Collection
from datetime import datetime

import structlog

from manifests.reports import repository
from manifests.reports.rules import Obligation, Standing, obligations, to_remind
from postal.db import unit_of_work
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network import repository as network
from postal.network.repository import Filter
from postal.network.rules import Organisation, local_day

MOST_ORGANISATIONS = 100_000
log = structlog.get_logger("postal.reports")


async def owed(now: datetime, only: Collection[str] | None = None) -> list[Obligation]:
    """List every obligation, or those of some organisations alone, by their deadlines."""
    since = await repository.first_day()
    if since is None:
        return []
    today = local_day(now)
    found = obligations(
        await _organisations(only),
        await repository.published_at(),
        await law.constants_at(today),
        since=since,
        today=today,
        now=now,
    )
    kept = [each for each in found if only is None or each.report.organisation in only]
    return sorted(kept, key=lambda each: (each.deadline.at, each.report.code))


async def owed_to(actor: Actor, now: datetime, standing: Standing | None = None) -> list[Obligation]:
    """List the obligations that an actor may see: inspectors all, others those of their organisation."""
    found = await owed(now, None if actor.reads_everything else actor.sees)
    return [each for each in found if standing is None or each.standing is standing]


async def _organisations(only: Collection[str] | None) -> list[Organisation]:
    """Give the organisations asked for, and those above them, which tell whether an office reports by itself."""
    if only is None:
        return list(await network.list_organisations(Filter(), None, MOST_ORGANISATIONS))
    own = await network.find_many(only)
    above = await network.find_many({each.parent for each in own.values() if each.parent} - own.keys())
    return [*own.values(), *above.values()]


async def remind(now: datetime) -> None:
    """Once a day, note whose reports are due soon or late: each once as either, and the start page shows it."""
    async with unit_of_work():
        if not await repository.begin_reminding(local_day(now), now):
            return
        told = await repository.reminded()
        for each in to_remind(await owed(now), told):
            await repository.add_reminder(
                each.report.code, each.standing.value, each.report.organisation, each.deadline.at, now
            )
            log.info("report reminded", report=each.report.code, standing=each.standing.value)


REGULAR = {"report reminders": remind}
