"""What an incident and a claim are, and the kinds of the ledger's rows that make them.

An incident is named by its piece: lost, found and lost again, it is the same one, reopened. So it needs no number of
its own, whatever order its rows arrive in.
"""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.identity.rules import Role
from postal.instants import Instant

OPENED, STEP, LIABILITY, PAID, CLOSED = (
    "incident.opened",
    "incident.reissue",
    "incident.liability",
    "incident.paid",
    "incident.closed",
)
LODGED, ANSWERED = "claim.lodged", "claim.answered"
PREFIXES = ("incident.", "claim.")

SETTLERS = (Role.SUPERVISOR, Role.AGENCY_HEAD, Role.SYSTEM)
"""Who decides about losses."""


TAKERS = (Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.SYSTEM)
"""Who takes claims at a counter."""


class Cause(StrEnum):
    """What happened to the piece."""

    LOST = "lost"
    DAMAGED = "damaged"


class Standing(StrEnum):
    """Where an incident stands; found is settled by the row that shows the piece in somebody's hands."""

    OPEN = "open"
    FOUND = "found"
    CLOSED = "closed"


class Source(StrEnum):
    """What opened the incident."""

    HAND = "hand"
    SCAN = "scan"
    DISCREPANCY = "discrepancy"


class ReissueState(StrEnum):
    """How far the re-issue of one paper is."""

    REQUESTED = "requested"
    ISSUED = "issued"
    DELIVERED = "delivered"
    REFUSED = "refused"


class Reissue(Struct, frozen=True, kw_only=True):
    """One paper of the dossier that is issued anew: its number on the list, how far it is, and what it cost (đồng)."""

    paper: int
    state: ReissueState
    cost: int
    at: Instant


class Incident(Struct, frozen=True, kw_only=True):
    """An incident as its rows leave it. Rows are named by id, so that each statement can be looked up."""

    piece: str
    cause: Cause
    state: Standing
    source: Source
    opened_at: Instant
    opened_row: UUID
    opened_by: str | None
    reopened: int = 0
    found_at: Instant | None = None
    found_row: UUID | None = None
    found_after_payment: bool = False
    outcome: str | None = None
    closed_at: Instant | None = None
    closed_by: str | None = None
    liable: str | None = None
    liable_at: Instant | None = None
    fare: int | None = None
    amount: int | None = None
    pay_due: Instant | None = None
    paid: int | None = None
    paid_at: Instant | None = None
    reissues: tuple[Reissue, ...] = ()

    @property
    def reissue_cost(self) -> int:
        """Add up what re-issued papers cost."""
        return sum(each.cost for each in self.reissues)


class ClaimKind(StrEnum):
    """What a citizen claims for."""

    LOSS = "loss"
    LATE = "late"
    DAMAGE = "damage"
    OTHER = "other"


class ClaimState(StrEnum):
    """Where a claim stands; a late one is kept and refused at once."""

    OPEN = "open"
    REFUSED_LATE = "refused_late"
    ANSWERED = "answered"


class Claim(Struct, frozen=True, kw_only=True):
    """A claim as its rows leave it; who lodged it stands in an erasable table, here only as a commitment."""

    code: str
    piece: str
    kind: ClaimKind
    state: ClaimState
    lodged_at: Instant
    lodged_by: str | None
    claimant: str | None
    window_from: str | None
    last_day: str | None
    window_citation: str | None
    answer_due: Instant | None
    answer_citation: str | None
    outcome: str | None = None
    answered_at: Instant | None = None
    answered_by: str | None = None
