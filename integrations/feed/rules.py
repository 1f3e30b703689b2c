"""The feed: every row of the ledger, in the one order in which all readers see them, and the cursor that walks it.

The order is (position, turn, id, content hash), see `postal.ledger.positions`. A cursor stands on the last row that was
*examined*, shown or not, so that rows which a reader may not see neither hold it up nor are looked at twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from postal.ledger.rules import Stream

EXAMINED = 2_000
"""Rows that one request looks at most, where some of them may not be shown."""

Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]
HexHash = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")]


class Cursor(Struct, frozen=True, order=True, array_like=True, forbid_unknown_fields=True):
    """Where a reader stands: behind this row. `content_hash` is empty but for a content of a disputed id."""

    position: Whole
    turn: Whole
    id: UUID
    content_hash: HexHash


START = Cursor(0, 0, UUID(int=0), "")


class Event(Struct, frozen=True, kw_only=True):
    """A row of the ledger as it is fed; `at` is where it stands."""

    at: Cursor
    id: UUID
    content_hash: bytes
    stream: Stream
    kind: str
    code: str
    occurred_at: datetime
    corrected_at: datetime
    received_at: datetime
    organisation: str | None
    verdict: str
    place: str | None
    manifest: str | None
    container: str | None
    counterparty: str | None
    condition: str | None
    reason: str | None
    corrects: str | None


class Wanted(Struct, frozen=True, kw_only=True):
    """Which events a reader asks for: those that fit every filter that is given, by any of its values.

    `codes` are pieces, manifests or trips: an event fits that is of one of them, or was made under that manifest.
    `organisations` are those that acted.
    """

    kinds: frozenset[str] = frozenset()
    streams: frozenset[Stream] = frozenset()
    codes: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    def fits(self, event: Event) -> bool:
        """Say whether an event is asked for; the statement of the feed says the same."""
        return (
            (not self.kinds or event.kind in self.kinds)
            and (not self.streams or event.stream in self.streams)
            and (not self.codes or event.code in self.codes or event.manifest in self.codes)
            and (not self.organisations or event.organisation in self.organisations)
        )


EVERYTHING = Wanted()


class Examined(Struct, frozen=True, kw_only=True):
    """What one look at the ledger gave: the events to show, how many rows were looked at, and the last one of them.

    `settled` is the position below which nothing more can appear.
    """

    events: tuple[Event, ...]
    count: int
    last: Cursor | None
    settled: int


class FeedPage(Struct, frozen=True, kw_only=True):
    """Events, where to go on, and whether nothing more was there."""

    events: Sequence[Event]
    following: Cursor
    caught_up: bool


def most_examined(limit: int, *, shows_all: bool) -> int:
    """Bound the rows that a request looks at: where all are shown, more than `limit` would be in vain."""
    return limit if shows_all else max(limit, EXAMINED)


def page(after: Cursor, examined: Examined, *, limit: int, most: int) -> FeedPage:
    """Make a page: a full one ends at its last event, any other one at the last row that was examined."""
    last = examined.last or after
    following = examined.events[-1].at if len(examined.events) >= limit else last
    return FeedPage(
        events=examined.events,
        following=following,
        caught_up=following == last and examined.count < most,
    )
