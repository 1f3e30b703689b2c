"""Reading the feed."""

from datetime import datetime, timedelta
from uuid import UUID

from integrations.feed import repository
from integrations.feed.rules import EVERYTHING, START, Cursor, FeedPage, Wanted, most_examined, page
from postal.errors import BadInput
from postal.identity.rules import Actor

LONGEST_TRANSACTION = timedelta(hours=1)


async def read(*, actor: Actor, after: Cursor | None, limit: int, wanted: Wanted = EVERYTHING) -> FeedPage:
    """Give what comes behind a cursor (None: from the start) and the actor may see now.

    Raises:
        BadInput: The cursor is of a place that this ledger has not come to.
    """
    start = after or START
    most = most_examined(limit, shows_all=actor.reads_everything and wanted == EVERYTHING)
    examined = await repository.examine(start, actor, wanted=wanted, most=most, limit=limit)
    # Every cursor that we gave out is settled; what is not comes from another database, and would wait for ever.
    if start.position >= examined.settled:
        raise cursor_ahead("/query/after")
    return page(start, examined, limit=limit, most=most)


def cursor_ahead(pointer: str) -> BadInput:
    """Build the answer to a cursor that this ledger has not come to."""
    return BadInput(
        "feed.cursor_ahead",
        vi="Con trỏ thuộc cơ sở dữ liệu khác; hãy đọc lại từ đầu.",
        en="The cursor belongs to another database; start again without one.",
        pointer=pointer,
    )


async def cursor_before(instant: datetime) -> Cursor:
    """Give a cursor behind which stands everything that was received from an instant on, and little before it.

    Rows stand in the order of their commits, which is that of receipt but for transactions that ran long.
    """
    wanted = instant - LONGEST_TRANSACTION
    low, high = 0, (await repository.end_of_feed()).position + 1
    while low < high:
        middle = (low + high) // 2
        received = await repository.first_received(middle)
        if received is None or received >= wanted:
            high = middle
        else:
            low = middle + 1
    return Cursor(low - 1, 2**63 - 1, UUID(int=2**128 - 1), "f" * 64) if low else START
