"""Noting what came of tries: the messages, their destinations' circuits and what the kind wants to know, as one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import structlog

from integrations.deliveries import repository
from integrations.deliveries.rules import (
    STANDARD,
    Attempted,
    Destination,
    Ended,
    Finished,
    Outcome,
    Queued,
    State,
    Verdict,
    decided,
)
from integrations.deliveries.service.adapters import adapter_of
from integrations.deliveries.service.queueing import end_destination
from integrations.outgoing.rules import CircuitState
from postal.db import unit_of_work

ENDS: dict[State, Literal["done", "skipped", "dead"]] = {
    State.DONE: "done",
    State.SKIPPED: "skipped",
    State.DEAD: "dead",
}
Tried = tuple[Queued, Attempted]

log = structlog.get_logger("integrations.deliveries")


async def note(tried: Sequence[Tried], now: datetime, *, strict: bool = False) -> None:
    """Note the ends of tries together; where that fails, those of each destination alone.

    What cannot be noted is sent again after its lease; a `strict` caller wants to know at once.
    """
    by_destination: dict[UUID, list[Tried]] = defaultdict(list)
    for message, attempted in tried:
        by_destination[message.destination].append((message, attempted))
    try:
        await _note(by_destination, now)
    except Exception as failed:
        if strict:
            raise
        log.warning("ends of tries are noted one destination at a time", error=type(failed).__qualname__)
        for destination, own in by_destination.items():
            try:
                await _note({destination: own}, now)
            except Exception as error:  # noqa: BLE001  # one kind's trouble is not the others'
                log.warning(
                    "ends of tries were not noted",
                    destination=str(destination),
                    error=type(error).__qualname__,
                )


async def _note(tried: Mapping[UUID, Sequence[Tried]], now: datetime) -> None:
    verdicts = {
        message.delivery: _verdict(message, attempted, now)
        for own in tried.values()
        for message, attempted in own
    }
    async with unit_of_work():
        held = await repository.lock_destinations(tried)
        moved = await repository.finish(
            [
                _finished(message, attempted, verdicts[message.delivery])
                for own in tried.values()
                for message, attempted in own
            ],
            now,
        )
        await repository.keep_circuits(
            [_circuit(held[destination], own, verdicts, now) for destination, own in tried.items()]
        )
        for destination, own in tried.items():
            await _settle(destination, own, verdicts, moved, now)
            if any(attempted.outcome is Outcome.GONE for _, attempted in own):
                await end_destination(destination, "answered_gone", now)
    _tell(tried, verdicts)


def _verdict(message: Queued, attempted: Attempted, now: datetime) -> Verdict:
    adapter = adapter_of(message.kind)
    retries = adapter.retries if adapter else STANDARD
    return decided(attempted, retries, message.id, message.tried, now)


def _finished(message: Queued, attempted: Attempted, verdict: Verdict) -> Finished:
    return Finished(
        delivery=message.delivery,
        number=message.attempt,
        state=verdict.state,
        due_at=verdict.due_at,
        outcome=attempted.outcome,
        status=attempted.status,
        code=attempted.code,
        milliseconds=attempted.milliseconds,
    )


def _circuit(
    destination: Destination, own: Sequence[Tried], verdicts: Mapping[UUID, Verdict], now: datetime
) -> dict[str, Any]:
    circuit = repository.circuit_of(destination)
    before = circuit.state(now)
    told: dict[str, Any] = {}
    for message, attempted in own:
        well = verdicts[message.delivery].well
        if well is None:
            continue
        circuit = circuit.after(well=well, now=now, wait_s=attempted.retry_after)
        if well:
            told["delivered_at"] = now
        else:
            told |= {"failed_at": now, "failure": attempted.outcome, "failure_status": attempted.status}
    if circuit.state(now) is CircuitState.OPEN and before is not CircuitState.OPEN:
        log.warning("destination is left alone", destination=str(destination.id), kind=destination.kind)
    return {
        "id": destination.id,
        "failures": circuit.failures,
        "openings": circuit.openings,
        "open_until": circuit.open_until,
        **told,
    }


async def _settle(
    destination: UUID,
    own: Sequence[Tried],
    verdicts: Mapping[UUID, Verdict],
    moved: set[UUID],
    now: datetime,
) -> None:
    ended = [
        Ended(message=message, state=state, judgement=attempted.judgement)
        for message, attempted in own
        if message.delivery in moved and (state := ENDS.get(verdicts[message.delivery].state)) is not None
    ]
    adapter = adapter_of(own[0][0].kind)
    if ended and adapter is not None:
        await adapter.settled(destination, ended, now)


def _tell(tried: Mapping[UUID, Sequence[Tried]], verdicts: Mapping[UUID, Verdict]) -> None:
    for destination, own in tried.items():
        for message, attempted in own:
            if attempted.outcome is not Outcome.DELIVERED:
                log.info(
                    "delivery tried",
                    delivery=str(message.delivery),
                    destination=str(destination),
                    outcome=attempted.outcome.value,
                    status=attempted.status,
                    attempt=message.attempt,
                    state=verdicts[message.delivery].state.value,
                )
