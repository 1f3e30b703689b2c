"""When a message is tried again, and when it is given up. Pure."""

import hashlib
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from integrations.deliveries.rules.model import Attempted, Outcome, State

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

LONGEST_ASKED = timedelta(hours=24)
"""A destination may ask for so much patience at most."""


class Retries(Struct, frozen=True, kw_only=True):
    """The pauses before each try, and by how much of itself each is lengthened at most, by the message's own id."""

    waits: tuple[timedelta, ...]
    jitter: float = 0.1

    def wait(self, message: UUID, tried: int) -> timedelta | None:
        """Give the pause after the `tried`-th try; None where that was the last. The same for ever for one message."""
        if tried >= len(self.waits):
            return None
        drawn = hashlib.sha256(message.bytes + tried.to_bytes(4, "big")).digest()
        share = int.from_bytes(drawn[:4], "big") / 0xFFFF_FFFF
        return self.waits[tried] * (1 + self.jitter * share)

    @property
    def longest(self) -> timedelta:
        """Give the time within which every try has been made, if none is put off."""
        return sum(self.waits, timedelta()) * (1 + self.jitter)


STANDARD = Retries(
    waits=(
        0 * _SECOND, 5 * _SECOND, 5 * _MINUTE, 30 * _MINUTE,
        2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR,
    )
)  # fmt: skip
"""The table that Standard Webhooks 1.0.0 recommends."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What a try means for its message, and for its destination."""

    state: Literal[State.WAITING, State.DONE, State.SKIPPED, State.DEAD]
    due_at: datetime | None = None
    well: bool | None = None
    """Whether the destination works; None where the try says nothing of that."""


def decided(attempted: Attempted, retries: Retries, message: UUID, tried: int, now: datetime) -> Verdict:
    """Say how a message goes on after its `tried`-th try."""
    outcome = attempted.outcome
    well = _well(attempted)
    if outcome is Outcome.DELIVERED:
        return Verdict(state=State.DONE, well=well)
    if outcome is Outcome.SKIPPED:
        return Verdict(state=State.SKIPPED, well=well)
    wait = None if outcome in {Outcome.REFUSED, Outcome.GONE} else retries.wait(message, tried)
    if wait is None:
        return Verdict(state=State.DEAD, well=well)
    if attempted.retry_after is not None:
        wait = max(wait, min(timedelta(seconds=attempted.retry_after), LONGEST_ASKED))
    return Verdict(state=State.WAITING, due_at=now + wait, well=well)


def _well(attempted: Attempted) -> bool | None:
    """Say what a try tells of its destination: one that refuses a message for its contents works."""
    match attempted.outcome:
        case Outcome.DELIVERED | Outcome.REFUSED:
            return True
        case Outcome.UNREACHED | Outcome.UNKNOWN | Outcome.FORBIDDEN:
            return False
        case Outcome.LATER:
            status = attempted.status
            return not (status is None or status >= 500 or 300 <= status < 400 or status in {408, 425, 429})
        case _:
            return None
