"""Sending what is due: claimed and counted first, then called with no transaction open, then noted.

A worker that is killed in between leaves tries without an end. Their messages are sent again after their lease, under
the same ids, and the rows of those tries say that nobody knows: at least once, told honestly.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from msgspec.structs import replace

from integrations.deliveries import repository
from integrations.deliveries.rules import Adapter, Attempted, Judgement, Outcome, Queued, Skip
from integrations.deliveries.service.adapters import adapter_of, adapters
from integrations.deliveries.service.noting import note
from integrations.outgoing import service as outgoing
from integrations.outgoing.rules import Call
from integrations.outgoing.service import Refused, Unreached
from postal import clock
from postal.db import unit_of_work
from postal.errors import PostalError

MOST = 256
"""Messages that a process holds at a time."""

CALLS = 128
"""Calls that a process has under way at a time."""

AHEAD = 2
"""Messages that are claimed for each call that a destination takes at once, so that none of these has to wait."""

LONGEST_CALL_S = 15.0
PREPARING_S = 10.0
BUILT_AT_ONCE = 2
"""Destinations whose calls are built at a time: each takes a connection of the database that others want too."""

LEASE = timedelta(seconds=60)
"""Longer than preparing and `AHEAD` calls, one after the other; a killed worker's messages go again after it."""

IDLE_S = 0.2
TOGETHER_S = 0.01
"""Ends of calls that come so close together are noted together."""

GOODBYE_S = 2.0
LOOKED_AT = 2_000
LOOK_S = 5.0

FAILED = frozenset({Outcome.UNREACHED, Outcome.UNKNOWN, Outcome.FORBIDDEN, Outcome.GONE})
"""After one of these the destination's other messages wait."""

log = structlog.get_logger("integrations.deliveries")


class Lane:
    """The calls of one destination that this process has under way; after a failure the rest is given back."""

    def __init__(self, at_once: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self.held = 0
        self.failed = False


class Deliverer:
    """Sends what is due in this process; whatever one destination does, the others go on."""

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._lanes: dict[UUID, Lane] = {}
        self._calls = asyncio.Semaphore(CALLS)
        self._building = asyncio.Semaphore(BUILT_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: set[UUID] = set()
        self._held: dict[UUID, Queued] = {}
        self._tried: list[tuple[Queued, Attempted]] = []
        self._given_back: list[Queued] = []
        self._looked_until = 0
        self.news = asyncio.Event()

    async def take(self, now: datetime) -> int:
        """Claim what is due and begin to send it; gives how many messages."""
        room = MOST - len(self._held)
        machine = clock.machine_now()
        if room <= 0 or not await repository.has_due(now, machine):
            return 0
        async with unit_of_work():
            claimed = await repository.claim(now, machine, machine + LEASE, AHEAD, room, adapters())
        groups: dict[UUID, list[Queued]] = defaultdict(list)
        for message, at_once in claimed:
            self._held[message.delivery] = message
            groups[message.destination].append(message)
            lane = self._lanes.setdefault(message.destination, Lane(at_once))
            lane.held += 1
        for messages in groups.values():
            self._start(self._prepare(messages, now))
        return len(claimed)

    async def let_go(self) -> int:
        """Let go on what waits behind nothing, a part of it at a time: its writer missed the end of what was before."""
        async with unit_of_work():
            promoted, following = await repository.promote(self._looked_until, LOOKED_AT)
        self._looked_until = following or 0
        return promoted

    async def flush(self, now: datetime) -> int:
        """Note what came of calls that ended; gives how many."""
        self.news.clear()
        tried, self._tried = self._tried, []
        back, self._given_back = self._given_back, []
        if back:
            async with unit_of_work():
                await repository.give_back([(each.delivery, each.attempt) for each in back])
        if tried:
            await note(tried, now, strict=self._strict)
        return len(tried) + len(back)

    async def rest(self) -> None:
        """Wait until every call has ended."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def close(self, now: datetime) -> None:
        """Break off, and note what is known; a call under way is left to its lease."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._given_back += [each for each in self._held.values() if each.delivery not in self._begun]
        with suppress(PostalError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self.flush(now)
        await outgoing.close()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _prepare(self, messages: Sequence[Queued], now: datetime) -> None:
        adapter = adapter_of(messages[0].kind)
        calls: Mapping[UUID, Call | Skip] = {}
        if adapter is not None:
            try:
                async with self._building, asyncio.timeout(PREPARING_S):
                    calls = await adapter.prepare(messages[0].destination, messages, now)
            except Exception as error:  # noqa: BLE001  # whatever it is, these messages are tried later
                log.warning(
                    "deliveries were not built", kind=messages[0].kind, error=type(error).__qualname__
                )
        for message in messages:
            wanted = calls.get(message.id)
            if adapter is None or wanted is None:
                self._end(message, Attempted(outcome=Outcome.UNPREPARED))
            elif isinstance(wanted, Skip):
                self._end(message, Attempted(outcome=Outcome.SKIPPED, code=wanted.reason))
            elif message.tried > len(adapter.retries.waits):
                # Its last try was never seen to end, perhaps because of itself.
                self._end(message, Attempted(outcome=Outcome.UNKNOWN))
            else:
                self._start(self._send(message, wanted, adapter))

    async def _send(self, message: Queued, wanted: Call, adapter: Adapter) -> None:
        lane = self._lanes[message.destination]
        async with lane.slots, self._calls:
            if lane.failed:
                self._end(message, None)
                return
            self._begun.add(message.delivery)
            attempted = await _called(message, wanted, adapter)
            if attempted.outcome in FAILED or attempted.retry_after is not None:
                lane.failed = True
        self._end(message, attempted)

    def _end(self, message: Queued, attempted: Attempted | None) -> None:
        if attempted is None:
            self._given_back.append(message)
        else:
            self._tried.append((message, attempted))
        self._begun.discard(message.delivery)
        self._held.pop(message.delivery, None)
        lane = self._lanes[message.destination]
        lane.held -= 1
        if lane.held == 0:
            del self._lanes[message.destination]
        self.news.set()


async def deliver_due(now: datetime) -> int:
    """Send everything that is due at an instant, until nothing is; gives how many tries were made."""
    deliverer = Deliverer(strict=True)
    made = 0
    while await deliverer.take(now) or await deliverer.let_go():
        await deliverer.rest()
        made += await deliverer.flush(now)
    return made


async def keep_delivering() -> None:
    """Send what is due until cancelled; raises when the database does not answer."""
    deliverer = Deliverer()
    loop = asyncio.get_running_loop()
    look_at = loop.time()
    now = await clock.now()
    try:
        while True:
            now = await clock.now()
            if loop.time() >= look_at:
                await deliverer.let_go()
                look_at = loop.time() + LOOK_S
            ended = await deliverer.flush(now)
            if await deliverer.take(now) or ended:
                await asyncio.sleep(TOGETHER_S)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_S):
                    await deliverer.news.wait()
    finally:
        await deliverer.close(now)


async def _called(message: Queued, wanted: Call, adapter: Adapter) -> Attempted:
    """Make a call and say what it gave; nothing it does breaks the others."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    def tried(outcome: Outcome, **more: object) -> Attempted:
        spent = int((loop.time() - began) * 1000)
        return replace(Attempted(outcome=outcome, milliseconds=spent), **more)

    try:
        answer = await outgoing.call(replace(wanted, whole_s=min(wanted.whole_s, LONGEST_CALL_S)))
    except Refused:
        return tried(Outcome.FORBIDDEN)
    except Unreached as error:
        return tried(Outcome.UNKNOWN if error.maybe else Outcome.UNREACHED)
    except Exception as error:  # noqa: BLE001  # an odd call of one kind is not the others' trouble
        log.warning("a call broke", kind=message.kind, error=type(error).__qualname__)
        return tried(Outcome.UNKNOWN)
    try:
        judgement = adapter.judge(message, answer)
    except Exception as error:  # noqa: BLE001  # what it sent is theirs; that we cannot read it is a failure of this try
        log.warning("an answer was not understood", kind=message.kind, error=type(error).__qualname__)
        judgement = Judgement(outcome="later", code="not_understood")
    return tried(
        Outcome(judgement.outcome),
        status=answer.status,
        code=judgement.code,
        retry_after=judgement.retry_after,
        judgement=judgement,
    )
