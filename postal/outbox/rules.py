"""When a message of the outbox is due, how long one may run, and when to give up on it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

RUN_LIMIT = timedelta(seconds=4)
"""A handler that takes longer is stopped and tried again: whatever is long belongs in smaller messages."""

LEASE = timedelta(seconds=8)
"""How long a claimed message is left alone; longer than a run, and a killed worker's message is due again after it."""

MAX_ATTEMPTS = 8
LONGEST_WAIT = timedelta(minutes=10)
KEPT = timedelta(days=7)
"""How long a finished message stays readable."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is being run for the `attempt`-th time."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    attempt: int


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is due.

    It is `overdue` when an earlier lease of it ran out without an end, and `unended` when a run had even begun: its
    worker was killed or hung, perhaps by this very message. `lost` counts such runs.
    """

    id: UUID
    overdue: bool
    unended: bool
    attempts: int
    lost: int

    @property
    def is_suspect(self) -> bool:
        """Whether it may be what killed a worker, and so must not run beside others."""
        return self.lost > 0


class Verdict(StrEnum):
    """What to do with a message that is due."""

    RUN = "run"
    WAIT = "wait"
    BURY = "bury"


class Outcome(StrEnum):
    """What became of one run."""

    DONE = "done"
    FAILED = "failed"
    ELSEWHERE = "elsewhere"


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the outbox: `oldest` is when the longest-waiting live message became due."""

    waiting: int
    failing: int
    dead: int
    oldest: datetime | None


class TopicBacklog(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one topic: `oldest` is when the longest-waiting live message became due."""

    topic: str
    waiting: int
    failing: int
    dead: int
    oldest: datetime | None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A message as an operator sees it: no payload, which may lead to a person."""

    id: UUID
    topic: str
    key: str | None
    created_at: datetime
    available_at: datetime
    attempts: int
    lost: int
    leased_until: datetime | None
    dead_at: datetime | None
    error: str | None


def wait_after(attempt: int) -> timedelta:
    """Give the pause after the `attempt`-th failed run: 1, 4, 9 … seconds, at most ten minutes."""
    return min(timedelta(seconds=attempt * attempt), LONGEST_WAIT)


def given_up(attempt: int) -> bool:
    """Whether the `attempt`-th failed run was the last."""
    return attempt >= MAX_ATTEMPTS


def judged(claim: Claim) -> Verdict:
    """Say what to do with a claimed message: one whose runs keep dying waits between them, and is given up in the end.

    After the first such run it is tried again at once, since then it was most likely the worker that failed. One that
    has had its last run is given up whatever the claim says: whoever claimed it before died before doing so.
    """
    if given_up(claim.attempts):
        return Verdict.BURY
    if not claim.unended:
        return Verdict.RUN
    return Verdict.RUN if claim.lost == 1 else Verdict.WAIT
