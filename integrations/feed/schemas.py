"""How events are shown: what GET /pieces/{code} shows of a step to the same parties, no more."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from msgspec import Struct

from integrations.feed.rules import Event, FeedPage, Wanted
from postal.http.paging import encode_cursor
from postal.instants import Instant
from postal.ledger.rules import Stream

StreamName = Literal["scan", "case", "record"]
STREAM_OF: dict[StreamName, Stream] = {"scan": Stream.SCAN, "case": Stream.CASE, "record": Stream.RECORD}
STREAMS: dict[Stream, StreamName] = {stream: name for name, stream in STREAM_OF.items()}


class EventView(Struct, frozen=True, kw_only=True):
    """One row of the ledger.

    `id` and `content_hash` together are unique but for `verdict`: when an id is sent with another content, both
    contents come (again) with the verdict `disputed`, and neither counts until a correction settles it. `at` is when
    it happened by our clock, `occurred_at` by that of the device. `corrects` names the row that a correction is about.
    """

    id: UUID
    content_hash: str
    stream: StreamName
    kind: str
    code: str
    at: Instant
    occurred_at: Instant
    received_at: Instant
    organisation: str | None
    verdict: str
    place: str | None
    manifest: str | None
    container: str | None
    counterparty: str | None
    condition: str | None
    reason: str | None
    corrects: str | None


class EventPage(Struct, frozen=True, kw_only=True):
    """Some events; `next_cursor` is always there, and `caught_up` says that nothing more was behind it just now.

    A page may be empty without being the last one.
    """

    items: list[EventView]
    next_cursor: str
    caught_up: bool


def wanted_of(
    kinds: Collection[str] | None,
    streams: Collection[StreamName] | None,
    codes: Collection[str] | None,
    organisations: Collection[str] | None,
) -> Wanted:
    """Read the filters of a request; none is everything."""
    return Wanted(
        kinds=frozenset(kinds or ()),
        streams=frozenset(STREAM_OF[name] for name in streams or ()),
        codes=frozenset(codes or ()),
        organisations=frozenset(organisations or ()),
    )


def view(page: FeedPage) -> EventPage:
    """Show a page."""
    return EventPage(
        items=[_view(event) for event in page.events],
        next_cursor=encode_cursor(page.following),
        caught_up=page.caught_up,
    )


def _view(event: Event) -> EventView:
    return EventView(
        id=event.id,
        content_hash=event.content_hash.hex(),
        stream=STREAMS[event.stream],
        kind=event.kind,
        code=event.code,
        at=event.corrected_at,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        organisation=event.organisation,
        verdict=event.verdict,
        place=event.place,
        manifest=event.manifest,
        container=event.container,
        counterparty=event.counterparty,
        condition=event.condition,
        reason=event.reason,
        corrects=event.corrects,
    )
