"""Followers inside the system: each has a name and a cursor, and hands on every row of the feed once.

What a follower does with a page and the advance of its cursor commit together, so that a page is never half handed on.
"""

from collections.abc import Awaitable, Callable, Sequence

from integrations.feed import repository
from integrations.feed.rules import EVERYTHING, Cursor, Event, Wanted, most_examined, page
from postal.db import unit_of_work
from postal.identity.rules import Actor

READER = Actor(kind="key", id="feed", reads_everything=True)
"""Who reads for the system itself, and so reads everything."""

Take = Callable[[Sequence[Event]], Awaitable[None]]


async def follow(
    name: str,
    take: Take,
    *,
    actor: Actor = READER,
    wanted: Wanted = EVERYTHING,
    limit: int = 500,
    begins: bool = True,
) -> bool:
    """Hand the next settled events that an actor may see and wants to `take`, in order, and keep how far that was.

    A follower that is seen for the first time begins now, if it `begins`; `place` puts it elsewhere. `take` is not
    called where there is nothing to hand on. What it raises leaves the cursor where it was.

    Returns:
        Whether there may be more at once: False when it has caught up, or another process is at it.
    """
    async with unit_of_work():
        start = await repository.lock_follower(name)
        if start is None:
            if begins:
                await repository.add_follower(name)
            return False
        most = most_examined(limit, shows_all=actor.reads_everything and wanted == EVERYTHING)
        examined = await repository.examine(start, actor, wanted=wanted, most=most, limit=limit)
        read = page(start, examined, limit=limit, most=most)
        if read.events:
            await take(read.events)
        if read.following != start:
            await repository.place_follower(name, read.following)
        return not read.caught_up


async def place(name: str, cursor: Cursor | None = None) -> None:
    """Put a follower behind a row, wherever it was; without a cursor, where the feed ends now. Joins a unit of work."""
    await repository.place_follower(name, cursor or await repository.end_of_feed())


async def cursor_of(name: str) -> Cursor | None:
    """Tell how far a follower is; None for one that never followed."""
    return await repository.follower(name)


async def forget(name: str) -> None:
    """Drop a follower; should it follow again, it begins anew."""
    await repository.drop_follower(name)
