"""A message of a partner, what became of it, and when to try again. Pure."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from integrations.partners.rules import Partner, PartnerKind
from postal.identity.rules import Role

MessageState = Literal["waiting", "done", "partly", "failed"]
STATES: tuple[MessageState, ...] = ("waiting", "done", "partly", "failed")

SEEING = frozenset({Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR})
"""Who may look at what became of messages, within their scope; the bytes are for who administers it."""

TOO_EARLY = "inbox.too_early"
HANDLER_FAILED = "inbox.handler_failed"
TOO_LONG = "inbox.too_long"
NEVER_ENDED = "inbox.never_ended"
INTERRUPTED = "inbox.interrupted"
NO_HANDLER = "inbox.no_handler"
UNAVAILABLE = "inbox.unavailable"

MEDIA = ("application/json", "application/ld+json", "text/csv", "text/plain")
"""What a body may be; anything else is refused before it is read."""
JSON_MEDIA = frozenset({"application/json", "application/ld+json"})

MAY_SEND: dict[PartnerKind, tuple[str, ...]] = {
    PartnerKind.AGENCY: ("agency.", "portal."),
    PartnerKind.PORTAL: ("portal.",),
    PartnerKind.POST: ("post.",),
    PartnerKind.EPCIS: ("epcis.",),
}
"""How the kinds of message begin that each kind of partner may send."""

KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "message-id",
    "idempotency-key",
)
"""What is kept of the headers; never credentials, nor where somebody is."""
LONGEST_HEADER = 200

EARLY_WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
"""How long a message that came too early waits after each try; the last holds for all further ones."""
AGAIN_AFTER_OUTAGE = timedelta(seconds=30)
MOST_UNENDED = 5
"""Tries in a row without an end after which a message is taken to be what kills its process."""
MOST_SUBJECTS = 200_000
SMALL = 262_144
"""Bodies over this many bytes are not understood while their sender waits."""

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:\-@+=]{1,128}")


class Inbound(Struct, frozen=True, kw_only=True):
    """A message as its handler gets it; `raw` are the very bytes that came."""

    id: UUID
    partner: Partner
    kind: str
    message_id: str
    raw: bytes
    content_type: str
    received_at: datetime


class Understood(Struct, frozen=True, kw_only=True):
    """What a handler made of a message. Codes alone, nothing personal; `results` has an entry for each row."""

    state: Literal["done", "partly", "failed"]
    code: str | None = None
    message: str | None = None
    subjects: tuple[str, ...] = ()
    results: list[dict[str, Any]] = []


Handler = Callable[[Inbound, datetime], Awaitable[Understood]]
"""Idempotent: run again, after a kill or a fix, it comes to the same or better. It opens its own units of work."""


class Kept(Struct, frozen=True, kw_only=True):
    """A message as it is kept, without its bytes."""

    id: UUID
    seq: int
    partner: UUID
    message_id: str
    kind: str
    content_type: str
    headers: dict[str, str]
    sign: bytes
    size: int
    received_at: datetime
    keep_until: datetime
    state: MessageState
    code: str | None
    message: str | None
    results: list[dict[str, Any]]
    subjects: tuple[str, ...]
    tries: int
    unended: int
    due_at: datetime | None
    early_until: datetime
    understood_at: datetime | None
    erased_at: datetime | None


class Attempt(Struct, frozen=True, kw_only=True):
    """One try of a message; without an end, its process was killed while it ran."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    state: str | None
    code: str | None


class Listed(Struct, frozen=True, kw_only=True):
    """A message and the code of the partner that sent it."""

    partner: str
    message: Kept


class Shown(Struct, frozen=True, kw_only=True):
    """A message with its partner and its tries."""

    partner: Partner
    message: Kept
    tries: list[Attempt]


class Outcome(Struct, frozen=True, kw_only=True):
    """What a try leaves: the state, and when the next try is due if the message waits."""

    state: MessageState
    code: str | None
    message: str | None = None
    subjects: tuple[str, ...] = ()
    results: list[dict[str, Any]] = []
    due_at: datetime | None = None


def may_send(kind: PartnerKind, message_kind: str) -> bool:
    """Say whether a kind of partner may send a kind of message."""
    return message_kind.startswith(MAY_SEND[kind])


def media_of(content_type: str) -> str | None:
    """Give the media type of a header if we read it; parameters (`charset`) aside, which must not say but UTF-8."""
    media, _, parameters = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([A-Za-z0-9\-]+)", parameters, re.IGNORECASE)
    if charset is not None and charset.group(1).lower() not in {"utf-8", "utf8", "us-ascii"}:
        return None
    media = media.strip().lower()
    return media if media in MEDIA else None


def message_id_of(headers: Mapping[str, str]) -> str | None:
    """Give the sender's own id of a message, None where it is missing or not well formed."""
    found = next(
        (value for name in ("webhook-id", "message-id", "idempotency-key") if (value := headers.get(name))),
        "",
    ).strip(" \t<>")
    return found if _MESSAGE_ID.fullmatch(found) else None


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Give what is kept of the headers."""
    return {name: headers[name][:LONGEST_HEADER] for name in KEPT_HEADERS if name in headers}


def after(understood: Understood, tries: int, early_until: datetime, now: datetime) -> Outcome:
    """Say what a try leaves; who came too early waits ever longer, until its limit."""
    early = understood.state == "failed" and understood.code == TOO_EARLY
    due = now + EARLY_WAITS[min(max(tries, 1), len(EARLY_WAITS)) - 1]
    if early and now < early_until:
        return Outcome(
            state="waiting",
            code=TOO_EARLY,
            message=understood.message,
            subjects=understood.subjects,
            results=understood.results,
            due_at=min(due, early_until),
        )
    return Outcome(
        state=understood.state,
        code=understood.code,
        message=understood.message,
        subjects=understood.subjects,
        results=understood.results,
    )


def interrupted(code: str, due_at: datetime) -> Outcome:
    """Say that a try was broken off without fault of the message, which is due again."""
    return Outcome(state="waiting", code=code, due_at=due_at)


def failed(code: str) -> Outcome:
    """Say that a person has to look."""
    return Outcome(state="failed", code=code)
