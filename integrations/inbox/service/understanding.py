"""Understanding messages: one partner's one at a time and in the order of receipt, whichever process it is.

A turn is a lease, so nobody holds a connection while a handler works; it is renewed meanwhile, and a killed process
gives it back by its end. Attempts are numbered, and only the last one's outcome counts. A handler opens its own units
of work and is idempotent, so a try that was broken off is made again from its beginning.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from integrations.inbox import repository
from integrations.inbox.rules import (
    AGAIN_AFTER_OUTAGE,
    HANDLER_FAILED,
    INTERRUPTED,
    MOST_SUBJECTS,
    MOST_UNENDED,
    NEVER_ENDED,
    NO_HANDLER,
    TOO_LONG,
    UNAVAILABLE,
    Inbound,
    Kept,
    Outcome,
    Understood,
    after,
    failed,
    interrupted,
)
from integrations.inbox.service.sealing import opened
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from postal import clock
from postal.audit.looks import collected
from postal.config import held
from postal.db import unit_of_work
from postal.errors import PostalError, Unavailable
from postal.identifiers import new_id
from postal.registry import inbound

LEASE = timedelta(seconds=15)
RENEWED_S = 4.0
GOODBYE_S = 1.0

log = structlog.get_logger("postal.inbox")

_LINES: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
"""Within a process, who waits for a partner's turn waits in line; between processes nobody waits."""


async def understand_at_once(message: Kept, seconds: float) -> None:
    """Work through a partner's messages until this one is understood, or for so long; the worker does the rest."""
    if seconds <= 0:
        return
    with suppress(TimeoutError, PostalError):
        async with asyncio.timeout(seconds), _line(message.partner):
            found = await repository.find(message.id)
            if found is not None and found.state == "waiting" and found.tries == 0:
                await _take_turns(message.partner, until=message.id)


async def work_off(now: datetime) -> int:
    """Understand everything that is due, here and now; gives how many tries were made."""
    tried = 0
    for partner in await repository.due_partners(now, clock.machine_now()):
        tried += await work_partner(partner)
    return tried


async def work_partner(partner: UUID) -> int:
    """Understand a partner's messages that are due, in the order of receipt; gives how many tries were made."""
    async with _line(partner):
        return await _take_turns(partner)


async def _take_turns(partner: UUID, until: UUID | None = None) -> int:
    holder = new_id(clock.machine_now())
    if not await _lease(partner, holder):
        return 0
    tried = 0
    try:
        async with _renewed(partner, holder):
            found = await partners.by_id(partner)
            while found is not None and (message := await repository.begin(partner, await clock.now())):
                await _try(found, message)
                tried += 1
                if message.id == until:
                    break
    finally:
        await _undisturbed(repository.give_turn_back(partner, holder))
    return tried


async def _try(partner: Partner, message: Kept) -> None:
    """Make one try and note its outcome, also where it is broken off."""
    outcome = interrupted(INTERRUPTED, message.received_at)
    try:
        outcome = await _understood(partner, message)
    finally:
        await _undisturbed(_noted(partner, message, outcome))


async def _noted(partner: Partner, message: Kept, outcome: Outcome) -> None:
    now = await clock.now()
    async with unit_of_work():
        counts = await repository.finish(message.id, message.tries, outcome, now)
        if counts and outcome.state in {"done", "partly"} and outcome.subjects:
            await repository.wake(partner.id, outcome.subjects, now)
    log.info(
        "message tried",
        partner=partner.code,
        kind=message.kind,
        message=str(message.id),
        attempt=message.tries,
        state=outcome.state,
        code=outcome.code,
    )


async def _understood(partner: Partner, message: Kept) -> Outcome:
    now = await clock.now()
    if message.unended > MOST_UNENDED:
        return failed(NEVER_ENDED)
    handler = inbound().get(message.kind)
    if handler is None:
        return failed(NO_HANDLER)
    kept = await repository.raw(message.id)
    if kept is None:
        return failed("inbox.erased")
    given = Inbound(
        id=message.id,
        partner=partner,
        kind=message.kind,
        message_id=message.message_id,
        raw=opened(message.id, kept),
        content_type=message.content_type,
        received_at=message.received_at,
    )
    limit = held().inbox.understanding_seconds
    try:
        # What a handler reads of people it shows nobody.
        with collected():
            async with asyncio.timeout(limit):
                said: Understood = await handler(given, now)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises takes no other message with it
        return _broken(message, error, now)
    if len(said.subjects) > MOST_SUBJECTS:
        return failed("inbox.too_many_subjects")
    return after(said, message.tries, message.early_until, now)


def _broken(message: Kept, error: Exception, now: datetime) -> Outcome:
    # The type and the code alone: an error's text may quote what the message says of people.
    log.warning(
        "handler of a message failed",
        kind=message.kind,
        message=str(message.id),
        error=type(error).__qualname__,
        code=getattr(error, "code", None),
    )
    if isinstance(error, Unavailable):
        return interrupted(UNAVAILABLE, now + AGAIN_AFTER_OUTAGE)
    return failed(TOO_LONG if isinstance(error, TimeoutError) else HANDLER_FAILED)


def _line(partner: UUID) -> asyncio.Lock:
    """Give the line of a partner; it is forgotten when nobody stands in it."""
    lock = _LINES.get(partner)
    if lock is None:
        lock = _LINES[partner] = asyncio.Lock()
    return lock


async def _lease(partner: UUID, holder: UUID) -> bool:
    machine = clock.machine_now()
    return await repository.take_turn(partner, holder, machine, machine + LEASE)


@asynccontextmanager
async def _renewed(partner: UUID, holder: UUID) -> AsyncIterator[None]:
    """Keep a turn while a handler works, beside it: it has units of work of its own."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEWED_S)
            with suppress(PostalError):
                await _lease(partner, holder)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _undisturbed(work: Coroutine[Any, Any, None]) -> None:
    """Do the last thing of a try although whoever waits for it gives up; a lease ends by itself otherwise."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(TimeoutError, PostalError):
            async with asyncio.timeout(GOODBYE_S):
                await task
        raise
