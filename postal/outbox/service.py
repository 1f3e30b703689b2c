"""Write a message with the change that causes it; claim, run and finish messages.

A message is run at least once and takes effect exactly once: its handler and its end are one unit of work.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from postal import clock
from postal.db import ENGINE, unit_of_work
from postal.errors import PostalError
from postal.identifiers import new_id
from postal.outbox import repository
from postal.outbox.rules import (
    KEPT,
    LEASE,
    RUN_LIMIT,
    Claim,
    Message,
    Outcome,
    Verdict,
    given_up,
    judged,
    wait_after,
)
from postal.registry import outbox_handlers

BATCH = 50
GOODBYE_S = 1.0
NEVER_ENDED = "never ended"
"""The error of a message whose worker was killed or hung while it ran."""

log = structlog.get_logger()


async def publish(topic: str, payload: dict[str, Any], key: str | None = None) -> UUID:
    """Keep a message in the caller's unit of work; without one it could be lost, so that is a programming error.

    Messages of one `key` run one after the other in the order of their writing: one that fails holds up the later ones
    until it is done or given up. A dead one holds up nobody, and when it is revived it comes last; so a handler reads
    the state of things as it is, and does not count on having seen every message before. Writers of one key wait for
    each other until they commit: publish for several keys in one order.
    """
    if not ENGINE.transaction_exists():
        raise RuntimeError(f"message {topic} outside a unit of work")
    now = await clock.now()
    identifier = new_id(now)
    await repository.add(identifier, topic, key, payload, now=now, machine=clock.machine_now())
    return identifier


async def claim(limit: int = BATCH) -> list[Claim]:
    """Lease what is due, so that no other process takes it before the lease ends."""
    machine = clock.machine_now()
    return await repository.claim(machine, machine + LEASE, limit)


async def run(identifier: UUID) -> Outcome:
    """Run a message once, if it may run now and is no suspect; a failure is kept with it and never raised."""
    outcome, _ = await _attempt(identifier, suspects=False)
    return outcome


async def run_claimed(claimed: Claim) -> Outcome:
    """Run a message of one's own claim once; one whose runs never end waits between them and is given up at last."""
    outcome, _ = await _attempt_claimed(claimed)
    return outcome


async def give_back(identifiers: Sequence[UUID]) -> None:
    """Let claimed messages that nobody has begun be claimed again at once; their leases would have to run out."""
    await repository.give_back(identifiers)


async def drain() -> int:
    """Run everything that is due, here and now, also what it publishes meanwhile; gives how many were done.

    For tests and commands. What fails waits like any other message, and its errors are raised at the end.
    """
    done = 0
    errors: list[BaseException] = []
    while claims := await claim():
        for claimed in claims:
            outcome, error = await _attempt_claimed(claimed)
            done += outcome is Outcome.DONE
            if error is not None:
                errors.append(error)
    if errors:
        raise BaseExceptionGroup("outbox messages failed", errors)
    return done


async def take_along(topic: str, most: int, fits: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Take over waiting messages of a topic into the unit of work of a run, as far as they fit; gives their payloads.

    Their end commits with the taker's: if it fails, each of them is due again by itself.
    """
    machine = clock.machine_now()
    taken = []
    for identifier, payload in await repository.take_along(topic, machine, most):
        if not fits(payload):
            break
        taken.append((identifier, payload))
    await repository.finish([identifier for identifier, _ in taken], machine)
    return [payload for _, payload in taken]


async def forget(machine: datetime) -> int:
    """Delete messages that were done long ago."""
    async with unit_of_work():
        return await repository.forget_done(machine - KEPT)


async def revive(identifiers: list[UUID] | None) -> int:
    """Let dead messages (None: all of them) run again, behind whatever else waits for their keys."""
    async with unit_of_work():
        return await repository.revive(identifiers, clock.machine_now())


async def _attempt_claimed(claimed: Claim) -> tuple[Outcome, BaseException | None]:
    verdict = judged(claimed)
    if verdict is Verdict.RUN:
        return await _attempt(claimed.id, suspects=True)
    machine = clock.machine_now()
    if verdict is Verdict.BURY:
        await repository.bury(claimed.id, claimed.attempts, NEVER_ENDED, machine)
    else:
        due = machine + wait_after(claimed.attempts)
        await repository.postpone(claimed.id, claimed.attempts, NEVER_ENDED, due)
    log.warning(
        "outbox message never ended its run",
        message=str(claimed.id),
        attempt=claimed.attempts,
        dead=verdict is Verdict.BURY,
    )
    return Outcome.FAILED, None


async def _attempt(identifier: UUID, *, suspects: bool) -> tuple[Outcome, BaseException | None]:
    machine = clock.machine_now()
    message = await repository.begin(identifier, machine, machine + LEASE, suspects=suspects)
    if message is None:
        return Outcome.ELSEWHERE, None
    try:
        async with asyncio.timeout(RUN_LIMIT.total_seconds()):
            return await _effect(message), None
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            await _let_go(message)
            raise
        await _record_failure(message, error)
        return Outcome.FAILED, error


async def _effect(message: Message) -> Outcome:
    async with unit_of_work():
        if not await repository.hold(message.id, message.attempt):
            return Outcome.ELSEWHERE
        handler = outbox_handlers().get(message.topic)
        if handler is None:
            raise LookupError(f"no handler for topic {message.topic}")
        await handler(message.payload)
        await repository.finish([message.id], clock.machine_now())
    return Outcome.DONE


def _is_cancelled() -> bool:
    """Whether somebody wants this task to end; otherwise a handler raised what looks like it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _let_go(message: Message) -> None:
    """Leave a message to the next worker at once, as this one is told to end; else its lease would have to run out."""
    try:
        async with asyncio.timeout(GOODBYE_S):
            await repository.let_go(message.id, message.attempt)
    except (PostalError, TimeoutError) as error:
        log.info("message is left to its lease", message=str(message.id), error=type(error).__qualname__)


async def _record_failure(message: Message, error: BaseException) -> None:
    # The type alone: an error's text may quote the row that caused it.
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    machine = clock.machine_now()
    dead = given_up(message.attempt)
    async with unit_of_work():
        if dead:
            await repository.bury(message.id, message.attempt, name, machine)
        else:
            due = machine + wait_after(message.attempt)
            await repository.postpone(message.id, message.attempt, name, due)
    log.warning(
        "outbox message failed",
        message=str(message.id),
        topic=message.topic,
        attempt=message.attempt,
        dead=dead,
        exc_info=error,
    )
