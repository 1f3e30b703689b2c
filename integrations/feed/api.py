"""JSON over HTTP: the feed."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import QueryParameter
from msgspec import Meta

from integrations.feed import service
from integrations.feed.rules import Cursor
from integrations.feed.schemas import EventPage, StreamName, view, wanted_of
from postal.http.methods import ASKED
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
LONGEST_WAIT_S = 30
MOST_VALUES = 50

Word = Annotated[str, Meta(min_length=1, max_length=64)]
WORDS = {"items": Schema(type=OpenAPIType.STRING, min_length=1, max_length=64)}
"""How the document tells of them; it forgets by itself what holds for each of several values."""

Kinds = Annotated[
    list[Word] | None,
    QueryParameter(
        name="kind",
        max_items=MOST_VALUES,
        description="Only of this kind; several: of any of them",
        schema_extra=WORDS,
    ),
]
Streams = Annotated[
    list[StreamName] | None,
    QueryParameter(name="stream", max_items=3, description="Only scans, case events, or records"),
]
Codes = Annotated[
    list[Word] | None,
    QueryParameter(
        name="code",
        max_items=MOST_VALUES,
        description="Only of this piece, dossier, manifest or trip, and what was made under this manifest",
        schema_extra=WORDS,
    ),
]
Organisations = Annotated[
    list[Word] | None,
    QueryParameter(
        name="organisation",
        max_items=MOST_VALUES,
        description="Only what this organisation did",
        schema_extra=WORDS,
    ),
]
Wait = Annotated[
    int,
    QueryParameter(
        ge=0,
        le=LONGEST_WAIT_S,
        description="Where nothing is there, wait for so many seconds for something to come",
    ),
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
        kinds: Kinds = None,
        streams: Streams = None,
        codes: Codes = None,
        organisations: Organisations = None,
        wait: Wait = 0,
    ) -> Response[EventPage]:
        """Read every row of the ledger that you may see, nothing skipped and nothing twice.

        Events come in one order, the same for every reader and at every reading: rows of one piece in the order in
        which they were acknowledged, which need not be the order in which they happened (devices send late). Go on
        with `next_cursor`, also from an empty page, until `caught_up`; then ask again from time to time. A cursor
        stays good for ever, over restarts, upgrades and restores of the database. What was restored from a backup may
        lack rows that you have read; if they are uploaded again, you get them again under the same `id`.

        Filters narrow what comes and never what a cursor means: it says how far was looked, so it may be used on with
        other filters, and with each of them nothing behind it is skipped. With `wait` an empty page is held back until
        something comes.

        You get the events of pieces, dossiers, manifests and trips that you may see when you read: scans, case events
        and records. Money, inspections, feedback and requests about personal data stay with those who keep them. If you
        gain sight of a piece later, you get what happens to it from then on, not what your cursor has passed: its whole
        history is at `GET /pieces/{code}`.
        """
        found = await service.read_waiting(
            actor=request.user,
            after=decode_cursor(after, Cursor, name="after"),
            limit=limit,
            wanted=wanted_of(kinds, streams, codes, organisations),
            seconds=0 if ASKED in request.scope else wait,
            leaving=lambda: bool(request.app.state.get("draining")),
        )
        page = view(found)
        headers = {} if page.caught_up else link_to_next(request, page.next_cursor, parameter="after")
        return Response(page, headers=headers)


HANDLERS = (FeedController,)
