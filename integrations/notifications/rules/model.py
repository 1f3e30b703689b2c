"""Subscriptions, notices and their attempts."""

import hmac
import re
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from integrations.outgoing.rules import target_of
from postal.errors import Unprocessable

MOST_A_DOSSIER = 5
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,63}")


class Channel(StrEnum):
    """By what somebody is told."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SMS = "sms"
    ZALO = "zalo"


CHANNELS: dict[Channel, tuple[str, str]] = {
    Channel.EMAIL: ("Thư điện tử", "E-mail"),
    Channel.WEBHOOK: ("Webhook (cho phần mềm)", "Webhook (for software)"),
    Channel.SMS: ("Tin nhắn SMS tới số đã đăng ký", "SMS to the registered phone"),
    Channel.ZALO: ("Zalo tới số đã đăng ký", "Zalo to the registered phone"),
}


class Outcome(StrEnum):
    """What became of a try: given over, to be tried later, refused for good, or nobody knows."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Given(Struct, frozen=True, kw_only=True):
    """The end of a try; `answer` is a status and never what a server wrote, which may name the address."""

    outcome: Outcome
    answer: str | None = None
    retry_after: int | None = None


class Subscription(Struct, frozen=True, kw_only=True):
    """Somebody who asked to be told of a dossier."""

    id: UUID
    dossier: str
    channel: Channel
    language: str
    state: str
    made_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_why: str | None = None


class Notice(Struct, frozen=True, kw_only=True):
    """One fact for one subscription."""

    id: UUID
    subscription: UUID
    fact: str
    kind: str
    facts: dict[str, Any]
    at: datetime
    made_at: datetime
    due_at: datetime


class Due(Struct, frozen=True, kw_only=True):
    """A notice that was claimed for its `attempts`-th try, with whom it goes to."""

    notice: Notice
    subscription: Subscription
    sealed: bytes
    attempts: int


class Attempt(Struct, frozen=True, kw_only=True):
    """One try."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    answer: str | None


class Way(Struct, frozen=True, kw_only=True):
    """How it goes with one way: what is due and waits, since when, and the tries in a row that came to nothing."""

    channel: Channel
    waiting: int
    oldest: datetime | None
    last_sent: datetime | None
    failing: int
    failed: int


class Listed(Struct, frozen=True, kw_only=True):
    """A notice as it is shown, without an address."""

    id: UUID
    subscription: UUID
    dossier: str
    channel: Channel
    kind: str
    state: str
    at: datetime
    due_at: datetime
    ended_at: datetime | None
    attempts: list[Attempt]
    reported_at: datetime | None = None
    reason: str | None = None


def refuse_address(channel: Channel, address: str, trusted: tuple[str, ...]) -> None:
    """Raise when an address cannot be one of its channel."""
    if channel is Channel.EMAIL and not (_EMAIL.fullmatch(address) and ".." not in address):
        raise Unprocessable(
            "notice.email",
            vi="Địa chỉ thư điện tử không đúng; hãy viết như ten@example.vn",
            en="This is no e-mail address; write it like name@example.vn",
            pointer="/address",
        )
    if channel is Channel.WEBHOOK and target_of(address, trusted) is None:
        raise Unprocessable(
            "notice.webhook",
            vi="Webhook phải là địa chỉ https:// với tên miền công khai, cổng 443 hoặc 8443",
            en="A webhook is an https:// address with a public name, port 443 or 8443",
            pointer="/address",
        )


def digest_of(key: bytes, channel: Channel, address: str) -> bytes:
    """Give a sign by which the same address is known again, and by nobody without the key."""
    plain = address.strip().lower() if channel is Channel.EMAIL else address.strip()
    return hmac.digest(key, b"postal:notice-address:1\x00" + channel.encode() + plain.encode(), "sha256")
