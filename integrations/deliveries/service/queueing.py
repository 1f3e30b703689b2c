"""Messages handed over, and destinations opened, paused and ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from integrations.deliveries import repository
from integrations.deliveries.rules import Ended, Outgoing, Queued
from integrations.deliveries.service.adapters import adapter_of
from integrations.deliveries.service.looking import governed
from postal.audit import service as audit
from postal.db import ENGINE, unit_of_work
from postal.identity.rules import Actor

AT_ONCE = 4
PIECE = 1_000


async def open_destination(
    kind: str, destination: UUID, *, organisation: str, code: str, now: datetime, at_once: int = AT_ONCE
) -> None:
    """Say that messages go to a program, in the caller's unit of work; again brings what is said up to date.

    `code` is the short name under which people see it; `at_once` how many calls it gets at the same time.
    """
    await repository.put_destination(destination, kind, organisation, code, at_once, now)


async def enqueue(kind: str, destination: UUID, messages: Sequence[Outgoing], *, now: datetime) -> int:
    """Hand messages over in the caller's unit of work, so that they go out if it commits; gives how many are new.

    An id that a destination has had changes nothing. A destination that is gone takes nothing (0).

    Raises:
        LookupError: The destination was never opened, or as another kind.
    """
    if not ENGINE.transaction_exists():
        raise RuntimeError("enqueue joins the unit of work of what it tells of")
    added = 0
    for start in range(0, len(messages), PIECE):
        added += await repository.enqueue(destination, messages[start : start + PIECE], now)
    if added == 0:
        found = await repository.find_destination(destination)
        if found is None or found.kind != kind:
            raise LookupError(f"no destination {destination} of kind {kind} was opened")
    return added


async def pause(destination: UUID, *, actor: Actor, now: datetime) -> None:
    """Let messages wait until somebody lets them go on."""
    await governed(destination, actor)
    async with unit_of_work():
        await repository.set_state(destination, "paused", None, now)
        await _note(actor, "deliveries.paused", destination, now)


async def resume(destination: UUID, *, actor: Actor, now: datetime) -> None:
    """Let messages go out again at once, whatever failed before; what was given up stays so until it is replayed."""
    await governed(destination, actor)
    async with unit_of_work():
        await repository.set_state(destination, "active", None, now, afresh=True)
        await _note(actor, "deliveries.resumed", destination, now)


async def gone(destination: UUID, why: str, now: datetime) -> None:
    """End a destination that wants no more: nothing new is taken, and what waits is given up. Joins a unit of work."""
    if ENGINE.transaction_exists():
        await end_destination(destination, why, now)
        return
    async with unit_of_work():
        await end_destination(destination, why, now)


async def end_destination(destination: UUID, why: str, now: datetime) -> None:
    """End a destination in the open unit of work."""
    await repository.set_state(destination, "gone", why, now)
    while ended := await repository.end(destination, "gone", now.max.replace(tzinfo=now.tzinfo), now, PIECE):
        await settle(ended, now)


async def settle(dead: Sequence[Queued], now: datetime) -> None:
    """Tell the kind of messages that were given up without a try."""
    first = dead[0]
    adapter = adapter_of(first.kind)
    if adapter is not None:
        await adapter.settled(first.destination, [Ended(message=each, state="dead") for each in dead], now)


async def _note(actor: Actor, action: str, destination: UUID, now: datetime) -> None:
    await audit.record(
        now=now, actor=actor.id, organisation=actor.organisation, action=action, subject=str(destination)
    )
