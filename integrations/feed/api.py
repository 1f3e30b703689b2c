"""JSON over HTTP: the feed."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.params import QueryParameter

from integrations.feed import service
from integrations.feed.rules import Cursor
from integrations.feed.schemas import EventPage, view
from postal.http.paging import LONGEST_CURSOR, decode_cursor, link_to_next
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1_000

FeedLimit = Annotated[int, QueryParameter(ge=1, le=LARGEST_LIMIT, description="How many events at most")]
After = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=LONGEST_CURSOR,
        description="`next_cursor` of the page before; absent: from the first event",
    ),
]
Kind = Annotated[
    str | None, QueryParameter(min_length=1, max_length=64, description="Only events of this kind")
]


class FeedController(Controller):
    """What programs of others follow."""

    path = "/api/v1/events"
    tags = ("feed",)

    @get(operation_id="listEvents", summary="The feed: what happened, in one order", opt=SIGNED_IN)
    async def list_events(
        self,
        request: Request[Actor, Any, Any],
        after: After = None,
        limit: FeedLimit = DEFAULT_LIMIT,
        kind: Kind = None,
    ) -> Response[EventPage]:
        """Read every row of the ledger that you may see, nothing skipped and nothing twice.

        Events come in one order, the same for every reader and at every reading: rows of one piece in the order in
        which they were acknowledged, which need not be the order in which they happened (devices send late). Go on
        with `next_cursor`, also from an empty page, until `caught_up`; then ask again from time to time. A cursor
        stays good for ever, over restarts, upgrades and restores of the database. What was restored from a backup may
        lack rows that you have read; if they are uploaded again, you get them again under the same `id`.

        You get the events of pieces and manifests that you may see when you read. If you gain sight of a piece later,
        you get what happens to it from then on, not what your cursor has passed: its whole history is at
        `GET /pieces/{code}`.
        """
        found = await service.read(
            actor=request.user, after=decode_cursor(after, Cursor, name="after"), limit=limit, kind=kind
        )
        page = view(found)
        headers = {} if page.caught_up else link_to_next(request, page.next_cursor, parameter="after")
        return Response(page, headers=headers)


HANDLERS = (FeedController,)
