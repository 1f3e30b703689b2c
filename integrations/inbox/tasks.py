"""What the worker does about messages: all the time, each partner by itself."""

import asyncio
from uuid import UUID

from integrations.inbox import repository, service
from postal import clock

PAUSE_S = 1.0
AT_ONCE = 2
"""Partners at a time in one worker: each has a connection while its handler works."""
FORGET_EVERY = 600


async def keep_understanding() -> None:
    """Look each second for partners with messages that are due, and never end: a slow one keeps nobody waiting."""
    running: dict[UUID, asyncio.Task[int]] = {}
    rounds = 0
    async with asyncio.TaskGroup() as group:
        while True:
            running = {partner: task for partner, task in running.items() if not task.done()}
            if len(running) < AT_ONCE:
                for partner in await repository.due_partners(await clock.now(), clock.machine_now()):
                    if partner not in running and len(running) < AT_ONCE:
                        running[partner] = group.create_task(service.work_partner(partner))
            if rounds % FORGET_EVERY == 0:
                await service.forget_outlived(await clock.now())
            rounds += 1
            await asyncio.sleep(PAUSE_S)


STEADY = {"inbox": keep_understanding}
