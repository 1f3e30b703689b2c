"""Giving up receivers that have failed for long; whoever answers for them finds it on the start page."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import structlog
from msgspec.structs import replace

from integrations.deliveries import repository as destinations
from integrations.deliveries.service import state_of
from integrations.webhooks import repository
from integrations.webhooks.rules import failing_since, is_given_up
from postal.audit import service as audit
from postal.db import unit_of_work
from postal.law.repository import constants_at
from postal.network.rules import local_day

LIMIT = "webhook.failing_days"

log = structlog.get_logger("integrations.webhooks")


async def tend(now: datetime) -> None:
    """Note who fails since when, and stop calling whoever has for the days that are configured."""
    constant = (await constants_at(local_day(now))).find(LIMIT)
    for one in await repository.active():
        state = await state_of(one.id, now)
        if state is None:
            continue
        since = failing_since(one.failing_since, state.delivered_at, state.failed_at)
        if constant is not None and is_given_up(since, timedelta(days=int(constant.value)), now):
            async with unit_of_work():
                await disable(one.id, "failing", now)
        elif since != one.failing_since:
            await repository.note_failing(one.id, since)


async def disable(identifier: UUID, why: Literal["gone", "failing"], now: datetime) -> None:
    """Stop the calls of a subscription in the open unit of work; its place in the feed stays."""
    found = await repository.lock(identifier)
    if found is None or found.state == "disabled":
        return
    await repository.put(replace(found, state="disabled", why=why, state_at=now))
    await destinations.set_state(identifier, "paused", why, now)
    await audit.record(
        now=now,
        actor="webhooks",
        organisation=found.organisation,
        action="webhook.stopped",
        subject=str(identifier),
        detail={"why": why},
    )
    log.warning("webhooks stopped", subscription=str(identifier), why=why)
