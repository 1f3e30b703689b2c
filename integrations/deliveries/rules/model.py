"""Messages, what is tried of them, and those they go to. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID, uuid5

from msgspec import Struct

from integrations.outgoing.rules import CircuitState


class State(StrEnum):
    """Where a message stands; `behind` waits for an earlier one of its key."""

    WAITING = "waiting"
    BEHIND = "behind"
    SENDING = "sending"
    DONE = "done"
    SKIPPED = "skipped"
    DEAD = "dead"


class Outcome(StrEnum):
    """What became of one try."""

    DELIVERED = "delivered"
    LATER = "later"
    REFUSED = "refused"
    GONE = "gone"
    UNREACHED = "unreached"
    """Nothing arrived: there was no connection."""
    UNKNOWN = "unknown"
    """It may have arrived: no answer came, or the worker was killed."""
    FORBIDDEN = "forbidden"
    """The address leads where nobody may send us."""
    UNPREPARED = "unprepared"
    """We could not build it."""
    SKIPPED = "skipped"


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message as it is handed over: ids, codes and instants, nothing personal. The body is built when it is sent.

    `id` is what the partner sees at every try; `subject` is the code of a dossier, item or manifest. Messages of one
    key go to a destination one after the other; those without go in any order.
    """

    id: UUID
    topic: str
    subject: str = ""
    key: str | None = None
    payload: dict[str, Any] = {}


class Queued(Struct, frozen=True, kw_only=True):
    """A message that is about to be sent for the `attempt`-th time; `tried` counts since it was replayed last."""

    id: UUID
    delivery: UUID
    destination: UUID
    kind: str
    topic: str
    subject: str
    key: str | None
    payload: dict[str, Any]
    attempt: int
    tried: int
    made_at: datetime


class Skip(Struct, frozen=True):
    """There is nothing to send any more; `reason` is a code."""

    reason: str


class Judgement(Struct, frozen=True, kw_only=True):
    """What a program's answer means; `code` is a stable word or number of its own, never its text."""

    outcome: Literal["delivered", "later", "refused", "gone"]
    code: str | None = None
    retry_after: int | None = None


class Ended(Struct, frozen=True, kw_only=True):
    """A message that came to its end; without a judgement no answer said so."""

    message: Queued
    state: Literal["done", "skipped", "dead"]
    judgement: Judgement | None = None


class Attempted(Struct, frozen=True, kw_only=True):
    """What one try gave."""

    outcome: Outcome
    status: int | None = None
    code: str | None = None
    retry_after: int | None = None
    milliseconds: int = 0
    judgement: Judgement | None = None


class Finished(Struct, frozen=True, kw_only=True):
    """The end of one try as it is kept: where the message stands now, and when it is due again."""

    delivery: UUID
    number: int
    state: State
    due_at: datetime | None
    outcome: Outcome
    status: int | None
    code: str | None
    milliseconds: int


class Attempt(Struct, frozen=True, kw_only=True):
    """A try as it is shown; without an end it is under way."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    status: int | None
    code: str | None
    milliseconds: int | None


class Destination(Struct, frozen=True, kw_only=True):
    """A program of others that messages go to."""

    id: UUID
    kind: str
    organisation: str
    code: str
    at_once: int
    state: Literal["active", "paused", "gone"]
    why: str | None
    failures: int
    openings: int
    open_until: datetime | None


class DestinationState(Struct, frozen=True, kw_only=True):
    """How things stand with a destination."""

    destination: Destination
    circuit: CircuitState
    waiting: int
    dead: int
    oldest_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    failure: Outcome | None
    status: int | None


class Listed(Struct, frozen=True, kw_only=True):
    """A message with its tries, for those who administer it; what it says is not shown."""

    id: UUID
    message: UUID
    destination: UUID
    destination_code: str
    kind: str
    topic: str
    subject: str
    state: State
    number: int
    made_at: datetime
    due_at: datetime
    ended_at: datetime | None
    replays: int
    why: str | None
    attempts: list[Attempt]


class Selection(Struct, frozen=True, kw_only=True):
    """Which messages of a destination are sent again: these, or those made in a time that stand so; else all dead."""

    ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    states: tuple[Literal["dead", "done", "skipped"], ...] = ("dead",)


REASONS: dict[str, tuple[str, str]] = {
    "fixed": ("Bên nhận đã sửa lỗi", "The receiver has been repaired"),
    "asked": ("Bên nhận đề nghị gửi lại", "The receiver asks for it"),
    "ours": ("Lỗi của bên ta, đã sửa", "Our own error, repaired"),
    "test": ("Kiểm thử", "A test"),
}
"""Why somebody has messages sent again."""


def delivery_of(destination: UUID, message: UUID) -> UUID:
    """Give the id of a message's row: one message may go to several destinations, to each once."""
    return uuid5(destination, message.hex)
