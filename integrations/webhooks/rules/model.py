"""Subscriptions, their secrets, and what is sent again. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from integrations.feed.rules import Cursor, Event, Wanted
from postal.identity.rules import Role

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)
INTEGRATORS = frozenset({Role.ADMIN, Role.SYSTEM})
"""Who connects programs."""

MOST_SUBSCRIPTIONS = 50
"""Of one organisation: each reads the feed by itself."""

Why = Literal["person", "gone", "failing"]


class Replay(Struct, frozen=True, kw_only=True):
    """A walk through the feed again, up to where it was when somebody asked.

    What happened `since` and before `before` (as received; absent: without that bound) is sent again even where it was
    delivered, if `delivered`; whatever was given up on the way is sent again in any case.
    """

    until: Cursor
    since: datetime | None
    before: datetime | None
    delivered: bool
    asked_at: datetime

    def covers(self, event: Event) -> bool:
        """Say whether an event that was delivered is sent again."""
        return (
            self.delivered
            and (self.since is None or event.received_at >= self.since)
            and (self.before is None or event.received_at < self.before)
        )


class Subscription(Struct, frozen=True, kw_only=True):
    """A program that is called with what an organisation may see, as its filters say."""

    id: UUID
    organisation: str
    name: str
    url: str
    wanted: Wanted
    state: Literal["active", "disabled"]
    why: Why | None
    state_at: datetime
    made_at: datetime
    failing_since: datetime | None = None
    replay: Replay | None = None


class SubscriptionChange(Struct, frozen=True, kw_only=True):
    """What is to be changed; absent is kept."""

    name: str | None = None
    url: str | None = None
    wanted: Wanted | None = None
    disabled: bool = False


class Secret(Struct, frozen=True, kw_only=True):
    """A secret as it is kept."""

    id: UUID
    sealed: bytes
    made_at: datetime
    valid_until: datetime | None


class Behind(Struct, frozen=True, kw_only=True):
    """How far a subscription is behind the feed: rows of the ledger, at least so many where there are `more`."""

    rows: int
    more: bool
    since: datetime | None


def follower_of(subscription: UUID) -> str:
    """Name the follower of the feed that a subscription is."""
    return f"webhook:{subscription}"


def signing(secrets: Collection[Secret], now: datetime) -> list[Secret]:
    """Give the secrets that sign at an instant, the newest first."""
    valid = [each for each in secrets if each.valid_until is None or now < each.valid_until]
    return sorted(valid, key=lambda each: (each.made_at, each.id), reverse=True)
