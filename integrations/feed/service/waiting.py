"""Waiting for the feed to go on, without a connection: one task a process asks for all who wait.

It reads the order of commits once a moment, as live pages do. Whoever is woken reads on; where nothing was for it, it
waits again, behind what it has read.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable

import structlog

from integrations.feed.rules import Cursor, FeedPage, Wanted
from integrations.feed.service.reading import read
from postal.errors import PostalError
from postal.identity.rules import Actor
from postal.ledger import positions

TICK_S = 0.5
MOST_WAITING = 300
OF_ONE = 8
"""More of one caller are answered at once: waiting costs a place that others need."""

log = structlog.get_logger("integrations.feed")


class Waiting:
    """Who waits in this process, and the one task that looks for all of them."""

    def __init__(self) -> None:
        self._places: dict[asyncio.Event, positions.Place] = {}
        self._callers: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None

    @property
    def size(self) -> int:
        """How many wait."""
        return len(self._places)

    def may_wait(self, caller: str) -> bool:
        """Say whether there is room for one more of a caller."""
        return self.size < MOST_WAITING and self._callers[caller] < OF_ONE

    async def until_more(self, after: Cursor, caller: str, leaving: Callable[[], bool]) -> None:
        """Wait until something stands behind a cursor; the caller bounds how long, `leaving` ends it for all."""
        stirred = asyncio.Event()
        self._places[stirred] = positions.Place(
            after.position, after.turn, after.id, bytes.fromhex(after.content_hash)
        )
        self._callers[caller] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(leaving))
        try:
            await stirred.wait()
        finally:
            del self._places[stirred]
            self._callers -= Counter([caller])

    async def _look(self, leaving: Callable[[], bool]) -> None:
        """Look as long as somebody waits; while the database is away there is nothing to tell."""
        while self._places:
            with contextlib.suppress(PostalError):
                if leaving() or await positions.rows_behind(min(self._places.values()), 1):
                    for stirred in self._places:
                        stirred.set()
            await asyncio.sleep(TICK_S)


WAITING = Waiting()


async def read_waiting(
    *,
    actor: Actor,
    after: Cursor | None,
    limit: int,
    wanted: Wanted,
    seconds: int,
    leaving: Callable[[], bool] = lambda: False,
) -> FeedPage:
    """Read a page, and where it would be empty wait for something to be on it, for some seconds at most.

    An empty page after that says how far was looked. It may come sooner where too many wait already, or as this
    process ends.
    """
    page = await read(actor=actor, after=after, limit=limit, wanted=wanted)
    deadline = asyncio.get_running_loop().time() + seconds
    while seconds > 0 and not page.events and not leaving():
        if page.caught_up and not WAITING.may_wait(actor.id):
            break
        try:
            async with asyncio.timeout_at(deadline):
                await (
                    WAITING.until_more(page.following, actor.id, leaving)
                    if page.caught_up
                    else asyncio.sleep(0)
                )
        except TimeoutError:
            break
        page = await read(actor=actor, after=page.following, limit=limit, wanted=wanted)
    return page
