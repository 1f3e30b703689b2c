"""What gateways send, and what they are answered."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from integrations.notifications.rules import Reported
from postal.instants import Instant


class NoticeReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a notice, by the `id` that came with it; `reason` is a code and names nobody."""

    id: UUID
    state: Reported
    reason: Annotated[str, Meta(max_length=200)] | None = None
    at: Instant | None = None


class NoticeReported(Struct, frozen=True, kw_only=True):
    """How the notice stands now, and whether this was told before."""

    id: UUID
    state: str
    repeated: bool
