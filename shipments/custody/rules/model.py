"""What the fold says of a piece: who answers for it, where it stands, and which row made it so."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.instants import Instant

CITIZEN = "CITIZEN"


class ScanKind(StrEnum):
    """What hands did (design, section 4)."""

    ACCEPT = "accept"
    OFFER = "offer"
    RECEIVE = "receive"
    REFUSE = "refuse"
    PACK = "pack"
    UNPACK = "unpack"
    DEPART = "depart"
    ARRIVE = "arrive"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    HOLD = "hold"
    DELIVER = "deliver"
    RETURN = "return"
    RECALL = "recall"
    REDIRECT = "redirect"
    RECOVER = "recover"
    REPORT = "report"
    CORRECT = "correct"


class Phase(StrEnum):
    """Where a piece stands on its way."""

    REGISTERED = "registered"
    HELD = "held"
    OFFERED = "offered"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AWAITING_PICKUP = "awaiting_pickup"
    RETURNING = "returning"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"


class Offer(Struct, frozen=True, kw_only=True):
    """A handover begun: the giver still answers for the papers until the receiver has received them."""

    giver: str
    receiver: str | None
    manifest: str | None
    at: Instant
    row: UUID


class Instruction(Struct, frozen=True, kw_only=True):
    """What the sender (or for a redirect the addressee) asked for before delivery (Luật Bưu chính, Điều 16).

    The latest one holds: `destination` is where the piece is bound from then on; of a recall that is its origin.
    """

    kind: str
    destination: str
    by: str
    at: Instant
    row: UUID
    reason: str | None = None


class SealNote(Struct, frozen=True, kw_only=True):
    """What one row says of the seal of a piece: `state` is intact, broken or missing.

    `was_number` and `was_state` are what the row before it said; `flag` is what is odd about the difference:
    `seal_differs`, `seal_broken`, `seal_missing`, or nothing.
    """

    number: str | None
    state: str
    kind: str
    at: Instant
    organisation: str | None
    row: UUID
    was_number: str | None = None
    was_state: str | None = None
    flag: str | None = None


class Step(Struct, frozen=True, kw_only=True):
    """One row in its place in the piece's history, and what it changed.

    `claims` has one party as a rule, none before anybody held the piece, several while they contest it. `via`
    names the container whose step this is, for the steps that a contained piece shared; `trip` the trip whose
    departure or arrival it was.
    """

    row: UUID
    kind: str
    at: Instant
    organisation: str | None
    person: str | None = None
    flags: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    container: str | None = None
    offer: Offer | None = None
    phase: Phase = Phase.REGISTERED
    manifest: str | None = None
    place: str | None = None
    trip: str | None = None
    via: str | None = None


class Sight(Struct, frozen=True, order=True):
    """An organisation sees the piece from this instant on (design 2.15)."""

    organisation: str
    since: Instant


class Custody(Struct, frozen=True, kw_only=True):
    """The state of a piece: a function of the set of its rows and `as_of`, never of arrival order.

    `unverified` is the bag or manifest by whose barcode the holder accepted the piece without scanning it itself.
    `refused_at` is when its recipient refused it, `reached` tells that it got to its recipient at some time, `trip` is
    the trip that it is loaded on.
    """

    code: str
    phase: Phase = Phase.REGISTERED
    claims: tuple[str, ...] = ()
    container: str | None = None
    offer: Offer | None = None
    undecided: str | None = None
    unconfirmed_from: str | None = None
    since: Instant | None = None
    person: str | None = None
    place: str | None = None
    condition: str = "intact"
    attempts: tuple[Instant, ...] = ()
    instruction: Instruction | None = None
    seal: SealNote | None = None
    unverified: str | None = None
    refused_at: Instant | None = None
    reached: bool = False
    recipient: str | None = None
    trip: str | None = None
    last_row: UUID | None = None
    last_at: Instant | None = None
    sights: tuple[Sight, ...] = ()
    steps: tuple[Step, ...] = ()
    seals: tuple[SealNote, ...] = ()

    @property
    def holder(self) -> str | None:
        """Name the one party that answers now; `None` while several claim the piece or none ever held it."""
        return self.claims[0] if len(self.claims) == 1 else None

    @property
    def contested(self) -> bool:
        """Tell whether two parties or more claim the piece."""
        return len(self.claims) > 1

    @property
    def awaits_instruction(self) -> bool:
        """Tell whether an instruction is still to be carried out: the piece is elsewhere, or inside something."""
        asked = self.instruction
        if asked is None or self.phase is Phase.DELIVERED:
            return False
        return self.container is not None or self.claims != (asked.destination,)

    def step_at(self, at: datetime, row: UUID) -> Step | None:
        """Find the last step at or before a point of the total order (instant, id)."""
        found = None
        for step in self.steps:
            if (step.at, step.row) <= (at, row):
                found = step
        return found
