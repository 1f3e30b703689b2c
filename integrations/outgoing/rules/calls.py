"""A call and its answer. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from msgspec import Struct

WHOLE_S = 15.0
MOST_SENT = 1_048_576
"""Bytes of a body that we send, unless the operator allows more."""

MOST_READ = 65_536
"""Bytes of an answer that we read; what is longer is cut, and its connection closed."""

LONGEST_WAIT_S = 7 * 24 * 3600
_MOST_DIGITS = 7

Method = Literal["POST", "PUT", "GET"]


class Call(Struct, frozen=True, kw_only=True):
    """What is sent where; `whole_s` bounds everything from the first look at the name to the last byte read."""

    url: str
    body: bytes = b""
    headers: dict[str, str] = {}
    method: Method = "POST"
    whole_s: float = WHOLE_S


class Answered(Struct, frozen=True, kw_only=True):
    """What came back: for the program that understands it. The body is shown to nobody; it is `cut` if it was long."""

    status: int
    retry_after: int | None = None
    body: bytes = b""
    cut: bool = False
    content_type: str = ""


def waits(said: str, now: datetime) -> int | None:
    """Read a Retry-After, seconds or a date, as seconds from now; None for what is neither.

    What is absurdly far is cut: whoever honours it has a bound of their own.
    """
    text = said.strip()
    if text.isascii() and text.isdigit():
        return min(int(text), LONGEST_WAIT_S) if len(text) <= _MOST_DIGITS else LONGEST_WAIT_S
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    try:
        seconds = (until - now).total_seconds()
    except OverflowError:
        return None
    # Rounded up, or somebody who asks for a moment's peace gets none.
    return max(0, min(int(-(-seconds // 1)), LONGEST_WAIT_S))
