"""When a destination that does not answer is left alone, and how it is asked whether it is well again. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

OPENS_AFTER = 5
"""Failures in a row."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
"""Growing further would only keep a destination waiting that is well again."""


class CircuitState(StrEnum):
    """Closed: calls go out. Open: none does. Half open: one does, and tells."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Circuit(Struct, frozen=True, kw_only=True):
    """What is remembered of a destination: failures in a row, how often it opened since a success, and until when."""

    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None

    def state(self, now: datetime) -> CircuitState:
        """Give the state at an instant."""
        if self.open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if now < self.open_until else CircuitState.HALF_OPEN

    def room(self, now: datetime, at_once: int) -> int:
        """Give how many calls may be under way at once."""
        match self.state(now):
            case CircuitState.CLOSED:
                # One that has just failed gets no more calls to hang than one.
                return at_once if self.failures == 0 else 1
            case CircuitState.HALF_OPEN:
                return 1
            case CircuitState.OPEN:
                return 0

    def after(self, *, well: bool, now: datetime, wait_s: int | None = None) -> "Circuit":
        """Give what is remembered after a call; `wait_s` is what the destination itself asked for.

        A failure of the one call of a half-open circuit opens it for twice as long; failures of calls that were still
        under way when it opened change nothing.
        """
        if well:
            return CLOSED
        state = self.state(now)
        asked = None if wait_s is None else now + timedelta(seconds=wait_s)
        if state is CircuitState.OPEN:
            longest = max(filter(None, (self.open_until, asked)), default=None)
            return Circuit(failures=self.failures + 1, openings=self.openings, open_until=longest)
        failures = self.failures + 1
        if state is CircuitState.CLOSED and failures < OPENS_AFTER:
            if asked is None:
                return Circuit(failures=failures, openings=self.openings)
            return Circuit(failures=failures, openings=self.openings, open_until=asked)
        pause = min(FIRST_WAIT * (1 << min(self.openings, 10)), LONGEST_WAIT)
        until = max(filter(None, (now + pause, asked)))
        return Circuit(failures=failures, openings=self.openings + 1, open_until=until)


CLOSED = Circuit()
