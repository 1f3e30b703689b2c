"""What is said later of a notice that was given over: delivery reports of gateways, and mail that comes back. Pure."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

_REASON = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}")
_NUMBER = re.compile(r"(?:[0-9][_.:-]?){6}")
_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^<>\s]{1,255}>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ACTIONS = {"failed": "failed", "delivered": "delivered"}


class Reported(StrEnum):
    """What may be reported."""

    DELIVERED = "delivered"
    FAILED = "failed"


class Bounce(Struct, frozen=True, kw_only=True):
    """What a mail server says of one notice; `state` is None where it says nothing final (`delayed`, `relayed`)."""

    notice: UUID
    state: Reported | None
    reason: str | None


def reason_of(said: str | None) -> str | None:
    """Keep a code, the first word; what could be a number or an address of somebody is not kept."""
    words = (said or "").strip().lower().split()
    if not words:
        return None
    return words[0] if _REASON.fullmatch(words[0]) and not _NUMBER.search(words[0]) else "other"


def after_report(state: str, reported: Reported) -> str:
    """Give the state of a notice after a report; the order in which reports come changes nothing.

    What arrived has arrived, whatever else is said. A failure that is reported ends a notice that was tried or is
    about to be tried again: its carrier has given it up.
    """
    if reported is Reported.DELIVERED:
        return "delivered"
    return "failed" if state in {"waiting", "sending", "sent", "expired"} else state


def bounces_of(raw: bytes) -> list[Bounce]:
    """Read a message that came back (RFC 3464); empty where it is none of ours or says nothing of a delivery."""
    message = message_from_bytes(raw, policy=policy.default)
    status = next(
        (part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None
    )
    notice = _original(message, raw)
    if status is None or notice is None:
        return []
    found = []
    for block in _blocks(status):
        action = str(block.get("Action", "")).strip().lower()
        if action:
            code = _STATUS.search(str(block.get("Status", "")))
            given = _ACTIONS.get(action)
            found.append(
                Bounce(
                    notice=notice,
                    state=Reported(given) if given else None,
                    reason=f"bounce_{code.group()}" if code else f"bounce_{reason_of(action)}",
                )
            )
    return found


def _blocks(status: EmailMessage | Message) -> list[Message]:
    """Give the groups of fields, the one of the message first; some servers leave out a blank line."""
    payload = status.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _original(message: EmailMessage, raw: bytes) -> UUID | None:
    """Find the Message-ID of ours among the headers of what came back; the whole text is the last resort."""
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            inner: Any = part.get_payload()
            text = inner[0].as_string() if isinstance(inner, list) and inner else str(inner)
            for line in text.splitlines():
                if line.lower().startswith("message-id:") and (own := _ID.search(line)):
                    return UUID(own.group(1))
    own = _ID.search(raw.decode("utf-8", "replace").replace("\r\n ", " "))
    return UUID(own.group(1)) if own else None
