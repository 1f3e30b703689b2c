"""Messages over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from integrations.inbox.rules import Attempt, Kept, Listed, Shown
from integrations.partners.rules import PartnerCode
from postal.instants import Instant

State = Literal["waiting", "done", "partly", "failed"]


class OutcomeView(Struct, frozen=True, kw_only=True):
    """What became of a message: `waiting` until it is understood; `partly` where some rows were refused."""

    partner: str
    message_id: str
    kind: str
    state: State
    code: str | None
    message: str | None
    subjects: tuple[str, ...]
    results: list[dict[str, Any]]
    tries: int
    received_at: datetime
    understood_at: datetime | None


class InboxEntryView(Struct, frozen=True, kw_only=True):
    """A message in a list, without what became of its rows."""

    id: UUID
    partner: str
    message_id: str
    kind: str
    size: int
    state: State
    code: str | None
    tries: int
    received_at: datetime
    due_at: datetime | None
    understood_at: datetime | None


class MessageAttemptView(Struct, frozen=True, kw_only=True):
    """One try."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    state: str | None
    code: str | None


class MessageView(Struct, frozen=True, kw_only=True):
    """A message with its outcome, what is kept of its headers, and its tries."""

    id: UUID
    outcome: OutcomeView
    content_type: str
    size: int
    headers: dict[str, str]
    due_at: datetime | None
    keep_until: datetime
    erased_at: datetime | None
    attempts: list[MessageAttemptView]


class ReplayOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which messages are understood again: a partner's, of one state, received in a time."""

    partner: PartnerCode
    state: Literal["failed", "partly", "done"] = "failed"
    received_from: Annotated[Instant | None, Meta(description="From this instant on")] = None
    received_before: Annotated[Instant | None, Meta(description="Before this instant")] = None


class Replayed(Struct, frozen=True, kw_only=True):
    """How many messages are understood again."""

    messages: int


def outcome_view(partner: str, message: Kept) -> OutcomeView:
    """Say what became of a message."""
    return OutcomeView(**_values(OutcomeView, message), partner=partner)


def listed_view(listed: Listed) -> InboxEntryView:
    """Describe a message in a list."""
    return InboxEntryView(**_values(InboxEntryView, listed.message), partner=listed.partner)


def message_view(shown: Shown) -> MessageView:
    """Describe a message."""
    values = {
        name: getattr(shown.message, name)
        for name in ("id", "content_type", "size", "headers", "due_at", "keep_until", "erased_at")
    }
    return MessageView(
        **values,
        outcome=outcome_view(shown.partner.code, shown.message),
        attempts=[_attempt(each) for each in shown.tries],
    )


def _values(shape: type[Struct], message: Kept) -> dict[str, Any]:
    return {name: getattr(message, name) for name in shape.__struct_fields__ if name != "partner"}


def _attempt(attempt: Attempt) -> MessageAttemptView:
    return MessageAttemptView(
        **{name: getattr(attempt, name) for name in MessageAttemptView.__struct_fields__}
    )
