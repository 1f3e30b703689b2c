"""A discrepancy: what reconciliation could not settle, who must answer for it, and until when."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.instants import Instant

OPENED, RESOLVED, REOPENED = "discrepancy.opened", "discrepancy.resolved", "discrepancy.reopened"


class Standing(StrEnum):
    """Whether somebody still has to answer."""

    OPEN = "open"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """How a discrepancy ended; no free text enters the ledger."""

    FOUND = "found"
    RETURNED = "returned"
    FORWARDED = "forwarded"
    ACCEPTED = "accepted"
    COMPENSATED = "compensated"
    RECORDING_ERROR = "recording_error"
    LATE_SCAN = "late_scan"


class Finding(Struct, frozen=True, kw_only=True):
    """What a discrepancy is opened for: a piece, its class, why, and who answers."""

    piece: str
    line_class: str
    reason: str | None
    owner: str


class Discrepancy(Struct, frozen=True, kw_only=True):
    """A discrepancy as it stands. Its id is that of the ledger row that opened it."""

    id: UUID
    manifest: str
    piece: str
    line_class: str
    reason: str | None
    owner: str
    state: Standing
    opened_at: Instant
    deadline: Instant
    resolution: Resolution | None
    resolved_at: Instant | None
    resolved_by: str | None
    reopened: int
