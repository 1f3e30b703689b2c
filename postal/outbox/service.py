"""Write a message with the change that causes it; claim, run and finish messages.

A message is run at least once and takes effect exactly once: its handler and its end are one unit of work.
"""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from postal import clock
from postal.db import ENGINE, unit_of_work
from postal.identifiers import new_id
from postal.outbox import repository
from postal.outbox.rules import KEPT, LEASE, RUN_LIMIT, Claim, Message, Outcome, given_up, wait_after
from postal.registry import outbox_handlers

BATCH = 50

log = structlog.get_logger()


async def publish(topic: str, payload: dict[str, Any], key: str | None = None) -> UUID:
    """Keep a message in the caller's unit of work; without one it could be lost, so that is a programming error.

    Messages of one `key` run one after the other in the order of their writing.
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
    """Run a message once; a failure is kept with the message and never raised."""
    outcome, _ = await _attempt(identifier)
    return outcome


async def drain() -> int:
    """Run everything that is due, here and now, also what it publishes meanwhile; gives how many were done.

    For tests and commands. What fails waits like any other message, and its errors are raised at the end.
    """
    done = 0
    errors: list[Exception] = []
    while claims := await claim():
        for claimed in claims:
            outcome, error = await _attempt(claimed.id)
            done += outcome is Outcome.DONE
            if error is not None:
                errors.append(error)
    if errors:
        raise ExceptionGroup("outbox messages failed", errors)
    return done


async def forget(machine: datetime) -> int:
    """Delete messages that were done long ago."""
    async with unit_of_work():
        return await repository.forget_done(machine - KEPT)


async def revive(identifiers: list[UUID]) -> int:
    """Let dead messages run again."""
    async with unit_of_work():
        return await repository.revive(identifiers, clock.machine_now())


async def _attempt(identifier: UUID) -> tuple[Outcome, Exception | None]:
    async with unit_of_work():
        message = await repository.begin(identifier, clock.machine_now() + LEASE)
    if message is None:
        return Outcome.ELSEWHERE, None
    try:
        async with asyncio.timeout(RUN_LIMIT.total_seconds()):
            return await _effect(message), None
    except Exception as error:  # noqa: BLE001  # whatever a handler raises is kept with its message
        await _record_failure(message, error)
        return Outcome.FAILED, error


async def _effect(message: Message) -> Outcome:
    async with unit_of_work():
        if not await repository.hold(message.id):
            return Outcome.ELSEWHERE
        handler = outbox_handlers().get(message.topic)
        if handler is None:
            raise LookupError(f"no handler for topic {message.topic}")
        await handler(message.payload)
        await repository.finish(message.id, clock.machine_now())
    return Outcome.DONE


async def _record_failure(message: Message, error: Exception) -> None:
    # The type alone: an error's text may quote the row that caused it.
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    machine = clock.machine_now()
    async with unit_of_work():
        if given_up(message.attempt):
            await repository.bury(message.id, name, machine)
        else:
            await repository.postpone(message.id, name, machine + wait_after(message.attempt))
    log.warning(
        "outbox message failed",
        message=str(message.id),
        topic=message.topic,
        attempt=message.attempt,
        dead=given_up(message.attempt),
        exc_info=error,
    )
