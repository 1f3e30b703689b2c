"""How deliveries are shown to those who administer them: everything but what was sent and where to."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from integrations.deliveries.rules import Listed, Outcome, State
from postal.instants import Instant

Reason = Literal["fixed", "asked", "ours", "test"]


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a message is sent again: `fixed` the receiver was repaired, `asked` it asks for it, `ours`, or a `test`."""

    reason: Reason


class AttemptView(Struct, frozen=True, kw_only=True):
    """One try. Without an end it is under way. `unknown` may have arrived: no answer came, or we were stopped."""

    number: int
    began_at: Instant
    ended_at: Instant | None
    outcome: Outcome | None
    status: int | None
    code: str | None
    milliseconds: int | None


class DeliveryView(Struct, frozen=True, kw_only=True):
    """One message for one program. `message` is the id which that sees, the same at every try and when sent again.

    A message that is `behind` waits for an earlier one about the same thing; `dead` was given up, and `why` says for
    what: it goes again only if somebody has it sent. `due_at` is when a waiting one is tried next.
    """

    id: UUID
    message: UUID
    destination: UUID
    destination_code: str
    kind: str
    topic: str
    subject: str
    state: State
    why: str | None
    made_at: Instant
    due_at: Instant
    ended_at: Instant | None
    replays: int
    attempts: list[AttemptView]


def view(listed: Listed) -> DeliveryView:
    """Show a message."""
    plain = {name: getattr(listed, name) for name in DeliveryView.__struct_fields__ if name != "attempts"}
    return DeliveryView(
        **plain,
        attempts=[
            AttemptView(**{name: getattr(each, name) for name in AttemptView.__struct_fields__})
            for each in listed.attempts
        ],
    )
