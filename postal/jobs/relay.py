"""The relay: finds due messages in the outbox and has them run, by ringing for them or by itself."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from postal.jobs.queue import DEEP, Doorbell
from postal.outbox.rules import Claim
from postal.outbox.service import BATCH, claim, run_claimed

IDLE_S = 0.25
SLOTS = 2
"""How many messages the relay runs by itself at a time, beside one suspect."""

HELD = 6
"""How many messages may wait for the relay's own slots: no more than are run before their leases end."""

log = structlog.get_logger("postal.jobs")


class Relay:
    """Rings for fresh messages, and runs by itself what was rung for in vain.

    A message whose lease ran out was rung for in vain: the queue lost it, or its worker was killed or is stuck. One
    whose run had begun then may be what killed the worker, so it runs apart: in this process never two such at a time,
    and never one of them through the bell, where others run beside it.
    """

    def __init__(self, bell: Doorbell | None) -> None:
        self._bell = bell
        self._runs: dict[UUID, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(SLOTS)
        self._apart = asyncio.Semaphore(1)

    async def once(self) -> int:
        """Take one batch of due messages; gives their number."""
        depth = None if self._bell is None else await self._bell.depth()
        if depth is not None and depth > DEEP:
            return 0
        claims = await claim(BATCH if depth is not None else max(0, HELD - len(self._runs)))
        fresh = [claimed for claimed in claims if not claimed.overdue and not claimed.is_suspect]
        mine = [claimed for claimed in claims if claimed.overdue or claimed.is_suspect]
        if not await self._rung(fresh, heard=depth is not None):
            mine += fresh
        for claimed in mine:
            self._take(claimed)
        return len(claims)

    async def room(self) -> None:
        """Wait until one of this relay's own runs has ended, if there are many."""
        if len(self._runs) >= HELD:
            await asyncio.wait(self._runs.values(), return_when=asyncio.FIRST_COMPLETED, timeout=IDLE_S)

    async def rest(self) -> None:
        """Wait until this relay's own runs have ended."""
        await asyncio.gather(*self._runs.values())

    async def close(self) -> None:
        """Break off this relay's own runs."""
        runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)

    async def _rung(self, fresh: Sequence[Claim], *, heard: bool) -> bool:
        if not fresh:
            return True
        return self._bell is not None and heard and await self._bell.ring([each.id for each in fresh])

    def _take(self, claimed: Claim) -> None:
        # One that still waits for a slot here may be claimed again when its lease is over.
        if claimed.id not in self._runs:
            self._runs[claimed.id] = asyncio.create_task(self._run(claimed))

    async def _run(self, claimed: Claim) -> None:
        try:
            async with self._apart if claimed.is_suspect else self._slots:
                await run_claimed(claimed)
        except Exception as error:  # noqa: BLE001  # e.g. the database went away: its lease brings it back
            log.warning("message was not run", message=str(claimed.id), error=type(error).__qualname__)
        finally:
            del self._runs[claimed.id]


async def relay(bell: Doorbell | None) -> None:
    """Have messages run until cancelled; raises when the database does not answer."""
    relaying = Relay(bell)
    try:
        while True:
            if await relaying.once() == 0:
                await asyncio.sleep(IDLE_S)
            await relaying.room()
    finally:
        await relaying.close()


async def relay_once(bell: Doorbell | None) -> int:
    """Take one batch of due messages and see its own runs end; gives the number of messages. For tests."""
    relaying = Relay(bell)
    taken = await relaying.once()
    await relaying.rest()
    return taken
