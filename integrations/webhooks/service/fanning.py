"""From the feed into the queue: each subscription follows by itself, so that each event is handed on once to each."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from integrations.deliveries import repository as deliveries
from integrations.deliveries.rules import Outgoing, Selection
from integrations.deliveries.service import enqueue
from integrations.feed import repository as feed
from integrations.feed.rules import Event
from integrations.feed.service import READER, cursor_of, follow
from integrations.partners.repository import seen_by
from integrations.webhooks import repository
from integrations.webhooks.rules import KIND, Subscription, follower_of, message_of
from postal import clock
from postal.http.paging import encode_cursor
from postal.identity.rules import Actor

PAUSE_S = 0.2
AT_ONCE = 3
PAGE = 500

log = structlog.get_logger("integrations.webhooks")


async def keep_fanning() -> None:
    """Hand on what happens as soon as it is settled, until cancelled."""
    while True:
        await fan_out(await clock.now())
        await asyncio.sleep(PAUSE_S)


async def fan_out(now: datetime) -> None:
    """Hand on everything that is settled to every active subscription; one that fails keeps no other waiting."""
    places = asyncio.Semaphore(AT_ONCE)

    async def served(subscription: Subscription) -> None:
        async with places:
            try:
                await _serve(subscription, now)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are handed on to
                log.warning(
                    "webhooks wait", subscription=str(subscription.id), error=type(error).__qualname__
                )

    found = await repository.places()
    # Whoever has caught up stands with all others who have: one look tells it of all of them.
    behind = {
        cursor
        for cursor in {place for _, place in found}
        if (await feed.examine(cursor, READER, most=1, limit=1)).count
    }
    await asyncio.gather(*(served(one) for one, place in found if place in behind))


async def _serve(subscription: Subscription, now: datetime) -> None:
    sees, _ = await seen_by(subscription.organisation, now)
    actor = Actor(
        kind="key", id=follower_of(subscription.id), organisation=subscription.organisation, sees=sees
    )

    async def take(events: Sequence[Event]) -> None:
        # It is read again: what is handed on and where it stands are one thing with the cursor.
        held = await repository.find(subscription.id)
        if held is None or held.state != "active":
            raise _StoppedError
        await _take(held, events, now)

    name = follower_of(subscription.id)
    try:
        while await follow(name, take, actor=actor, wanted=subscription.wanted, limit=PAGE, begins=False):
            pass
    except _StoppedError:
        return
    await _end_walk(subscription, now)


class _StoppedError(Exception):
    """The subscription was disabled or deleted in between; its cursor stays where it was."""


async def _take(subscription: Subscription, events: Sequence[Event], now: datetime) -> None:
    walk = subscription.replay
    messages = [message_of(subscription.id, event, encode_cursor(event.at)) for event in events]
    if walk is None:
        await enqueue(KIND, subscription.id, messages, now=now)
        return
    # On a walk some are known already; runs of new and known ones are handed on one after the other, in order.
    known = await repository.states_of(subscription.id, [message.id for message in messages])
    run: list[Outgoing] = []
    new_run = True
    for event, message in zip(events, messages, strict=True):
        state = known.get(message.id)
        if state is not None and not (
            state == "dead" or (state in {"done", "skipped"} and walk.covers(event))
        ):
            continue
        if run and new_run != (state is None):
            await _hand_on(subscription, run, now, new=new_run)
            run = []
        new_run = state is None
        run.append(message)
    if run:
        await _hand_on(subscription, run, now, new=new_run)


async def _hand_on(subscription: Subscription, run: Sequence[Outgoing], now: datetime, *, new: bool) -> None:
    if new:
        await enqueue(KIND, subscription.id, run, now=now)
    else:
        chosen = Selection(ids=tuple(message.id for message in run))
        await deliveries.replay(subscription.id, chosen, now, len(run))


async def _end_walk(subscription: Subscription, now: datetime) -> None:
    """Note that a walk has come to where the feed was when it was asked for."""
    if subscription.replay is None:
        return
    cursor = await cursor_of(follower_of(subscription.id))
    if cursor is not None and cursor >= subscription.replay.until:
        await repository.end_replay(subscription.id, subscription.replay.asked_at)
        log.info("webhooks sent again", subscription=str(subscription.id), at=now.isoformat())
