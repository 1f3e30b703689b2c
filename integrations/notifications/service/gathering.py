"""Reading the feed for what there is to tell; a notice and the place in the feed commit together."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from integrations.feed import repository as feed
from integrations.feed.rules import Event, most_examined, page
from integrations.notifications import repository
from integrations.notifications.rules import FACTS, Fact, Kind, Notice, Subscription, due_after, fact_of
from integrations.notifications.service.staffing import gather_staff, hear
from postal.config import NoticeSettings, held
from postal.db import unit_of_work
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.ledger.repository import row_set
from postal.ledger.rules import Stream
from shipments.dossiers.projection import undisputed
from shipments.tracking.service import next_visit

PAGE = 1_000
PAGES = 20
READER = Actor(kind="key", id="notifications", reads_everything=True)


async def gather(now: datetime) -> None:
    """Make notices of what the ledger learned since the last time."""
    quiet = held().notices
    async with unit_of_work():
        notices = [
            _notice(each, _moved(decision, due, at), quiet, now)
            for each, decision, due, at in await repository.moved_dates()
        ]
        if notices:
            await repository.add_notices(notices)
    for _ in range(PAGES):
        if await _read_page(quiet, now):
            break
    await gather_staff(now)


async def _read_page(quiet: NoticeSettings, now: datetime) -> bool:
    async with unit_of_work():
        start = await repository.lock_cursor()
        if start is None:
            return True
        most = most_examined(PAGE, shows_all=True)
        examined = await feed.examine(start, READER, most=most, limit=PAGE)
        read = page(start, examined, limit=PAGE, most=most)
        told = [event for event in read.events if event.kind in FACTS]
        if told:
            await repository.add_notices(await _notices(told, quiet, now))
        await hear(read.events, now)
        await repository.keep_cursor(read.following)
        return read.caught_up


async def _notices(told: Iterable[Event], quiet: NoticeSettings, now: datetime) -> list[Notice]:
    rows = {event.id: event for event in told if event.verdict != "disputed"}
    asked = await repository.subscribed({event.code for event in rows.values()})
    bodies: dict[str, Mapping[UUID, dict[str, Any]]] = {}
    made = []
    for event in rows.values():
        for code, subscription in asked:
            if code != event.code or subscription.confirmed_at is None:
                continue
            # What was known before somebody asked is on the page; it is no news.
            if event.received_at < subscription.confirmed_at:
                continue
            if subscription.dossier not in bodies:
                bodies[subscription.dossier] = await _bodies(subscription.dossier)
            fact = await _fact(event, subscription.dossier, bodies[subscription.dossier], now)
            if fact is not None:
                made.append(_notice(subscription, fact, quiet, now))
    return made


async def _bodies(dossier: str) -> dict[UUID, dict[str, Any]]:
    """Read what the rows of a dossier say; a row in dispute says nothing until that is settled."""
    rows = await row_set(dossier)
    return {row.content.id: dict(row.content.body) for row in undisputed(rows)}


async def _fact(
    event: Event, dossier: str, bodies: Mapping[UUID, dict[str, Any]], now: datetime
) -> Fact | None:
    visit: date | None = None
    if FACTS[event.kind] is Kind.ATTEMPT:
        visit = await next_visit(dossier, now)
    elif event.stream is not Stream.SCAN and event.id not in bodies:
        return None
    return fact_of(str(event.id), event.kind, event.corrected_at, bodies.get(event.id, {}), next_visit=visit)


def _moved(decision: str, due: datetime, at: datetime) -> Fact:
    return Fact(key=f"moved:{decision}", kind=Kind.MOVED, at=at, facts={"due": due.isoformat()})


def _notice(subscription: Subscription, fact: Fact, quiet: NoticeSettings, now: datetime) -> Notice:
    return Notice(
        id=new_id(now),
        subscription=subscription.id,
        fact=fact.key,
        kind=fact.kind.value,
        facts=fact.facts,
        at=fact.at,
        made_at=now,
        due_at=due_after(now, subscription.channel, quiet.quiet_from, quiet.quiet_until),
    )
