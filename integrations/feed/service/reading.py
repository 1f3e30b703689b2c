"""Reading the feed."""

from integrations.feed import repository
from integrations.feed.rules import EVERYTHING, START, Cursor, FeedPage, Wanted, most_examined, page
from postal.errors import BadInput
from postal.identity.rules import Actor


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
        raise BadInput(
            "feed.cursor_ahead",
            vi="Con trỏ thuộc cơ sở dữ liệu khác; hãy đọc lại từ đầu.",
            en="The cursor belongs to another database; start again without one.",
            pointer="/query/after",
        )
    return page(start, examined, limit=limit, most=most)
