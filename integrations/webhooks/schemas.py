"""Subscriptions as they are asked for and shown."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from integrations.deliveries.rules import Listed, Outcome, State
from integrations.feed.rules import Wanted
from integrations.feed.schemas import STREAMS, StreamName, wanted_of
from integrations.webhooks.rules import Behind, Subscription, Why
from postal.http.paging import LONGEST_CURSOR
from postal.instants import Instant

MOST_VALUES = 50
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[list[Word], Meta(max_length=MOST_VALUES)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Url = Annotated[str, Meta(min_length=1, max_length=2_000)]
CursorText = Annotated[str, Meta(min_length=1, max_length=LONGEST_CURSOR)]


class Filters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events: those that fit each filter that is given, by any of its values, as in `GET /events`."""

    kinds: Words = []
    streams: Annotated[list[StreamName], Meta(max_length=3)] = []
    codes: Words = []
    organisations: Words = []

    def wanted(self) -> Wanted:
        """Read them."""
        return wanted_of(self.kinds, self.streams, self.codes, self.organisations)


class NewSubscription(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program to be called: `url` is https; `after` a cursor of the feed to begin behind (absent: from now on)."""

    name: Name
    url: Url
    filters: Filters = field(default_factory=Filters)
    after: CursorText | None = None


class ChangedSubscription(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed; what is absent stays. `disabled` stops the calls until it is enabled."""

    name: Name | None = None
    url: Url | None = None
    filters: Filters | None = None
    disabled: Literal[True] | None = None


class Rotating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long the old secret signs beside the new one."""

    overlap_hours: Annotated[int, Meta(ge=0, le=720)] = 24


class Replaying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to send again: what stands behind a cursor, or what was received from `since` on and before `before`."""

    after: CursorText | None = None
    since: Instant | None = None
    before: Instant | None = None


class Enabling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to go on: at the first event that has not arrived (`stopped`), or `now`, leaving out what was missed."""

    begin: Literal["stopped", "now"]


class BehindView(Struct, frozen=True, kw_only=True):
    """How far the calls are behind the feed: so many rows at least, the first received at `since`."""

    rows: int
    more: bool
    since: Instant | None


class ReplayView(Struct, frozen=True, kw_only=True):
    """What is being sent again; new events come after it."""

    since: Instant | None
    before: Instant | None
    asked_at: Instant


class SubscriptionView(Struct, frozen=True, kw_only=True):
    """A subscription. `why` it is disabled: by a `person`, `gone` (the receiver said 410), or `failing` for days."""

    id: UUID
    organisation: str
    name: str
    url: str
    filters: Filters
    state: Literal["active", "disabled"]
    why: Why | None
    state_at: Instant
    made_at: Instant
    failing_since: Instant | None
    replay: ReplayView | None


class SubscriptionRead(SubscriptionView, frozen=True, kw_only=True):
    """A subscription and how far it is behind."""

    behind: BehindView


class SubscriptionIssued(SubscriptionView, frozen=True, kw_only=True):
    """A subscription with its secret, which is shown this once."""

    secret: str


class PingSent(Struct, frozen=True, kw_only=True):
    """The id of a test message: its `webhook-id`, and how to find it in the log."""

    message: UUID


class CallAttemptView(Struct, frozen=True, kw_only=True):
    """One try: when, what was answered, and how long it took."""

    number: int
    began_at: Instant
    ended_at: Instant | None
    outcome: Outcome | None
    status: int | None
    milliseconds: int | None


class CallView(Struct, frozen=True, kw_only=True):
    """One message: `message` is its `webhook-id`; `next_try_at` while it waits."""

    message: UUID
    type: str
    code: str
    state: State
    made_at: Instant
    next_try_at: Instant | None
    ended_at: Instant | None
    replays: int
    attempts: Sequence[CallAttemptView]


def filters_of(wanted: Wanted) -> Filters:
    """Show filters, in a fixed order."""
    return Filters(
        kinds=sorted(wanted.kinds),
        streams=[STREAMS[stream] for stream in sorted(wanted.streams)],
        codes=sorted(wanted.codes),
        organisations=sorted(wanted.organisations),
    )


def view(one: Subscription) -> SubscriptionView:
    """Show a subscription."""
    return SubscriptionView(**_fields(one))


def view_read(one: Subscription, behind: Behind) -> SubscriptionRead:
    """Show a subscription with how far it is."""
    shown = BehindView(rows=behind.rows, more=behind.more, since=behind.since)
    return SubscriptionRead(**_fields(one), behind=shown)


def view_issued(one: Subscription, secret: str) -> SubscriptionIssued:
    """Show a subscription with a secret."""
    return SubscriptionIssued(**_fields(one), secret=secret)


def view_delivery(one: Listed) -> CallView:
    """Show a message of the log."""
    waits = one.state in {State.WAITING, State.BEHIND}
    return CallView(
        message=one.message,
        type=one.topic,
        code=one.subject,
        state=one.state,
        made_at=one.made_at,
        next_try_at=one.due_at if waits else None,
        ended_at=one.ended_at,
        replays=one.replays,
        attempts=[
            CallAttemptView(
                number=each.number,
                began_at=each.began_at,
                ended_at=each.ended_at,
                outcome=each.outcome,
                status=each.status,
                milliseconds=each.milliseconds,
            )
            for each in one.attempts
        ],
    )


def _fields(one: Subscription) -> dict[str, Any]:
    walk = one.replay
    shown = ReplayView(since=walk.since, before=walk.before, asked_at=walk.asked_at) if walk else None
    kept = {
        name: getattr(one, name)
        for name in (
            "id",
            "organisation",
            "name",
            "url",
            "state",
            "why",
            "state_at",
            "made_at",
            "failing_since",
        )
    }
    return {**kept, "filters": filters_of(one.wanted), "replay": shown}
