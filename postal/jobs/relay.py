"""The relay: finds due messages in the outbox and has them run, by ringing for them or by itself."""

import asyncio

from postal.jobs.queue import DEEP, Doorbell
from postal.outbox.service import BATCH, claim, run

IDLE_S = 0.25
ALONE = 4
"""How many messages the relay takes when it runs them itself: no more than fit into one lease."""


async def relay(bell: Doorbell | None) -> None:
    """Have messages run until cancelled; raises when the database does not answer."""
    while True:
        if await relay_once(bell) == 0:
            await asyncio.sleep(IDLE_S)


async def relay_once(bell: Doorbell | None) -> int:
    """Take one batch of due messages; gives their number.

    A message whose lease ran out was rung for in vain (the queue lost it, its worker was killed or is stuck), so the
    relay runs it itself.
    """
    depth = None if bell is None else await bell.depth()
    if depth is not None and depth > DEEP:
        return 0
    claims = await claim(ALONE if depth is None else BATCH)
    fresh = [claimed.id for claimed in claims if not claimed.overdue]
    mine = [claimed.id for claimed in claims if claimed.overdue]
    if fresh and (bell is None or depth is None or not await bell.ring(fresh)):
        mine += fresh
    for identifier in mine:
        await run(identifier)
    return len(claims)
