"""The words of reconciliation: classes in order of precedence, and the facts that a verdict weighs."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from postal.instants import Instant


class LineClass(StrEnum):
    """The disjoint classes of manifest ∪ scans."""

    CONTESTED = "contested"
    MISROUTED = "misrouted"
    EXTRA = "extra"
    DAMAGED = "damaged"
    MATCHED = "matched"
    UNVERIFIED = "unverified"
    AWAITING_DEVICE = "awaiting_device"
    MISSING = "missing"


PRECEDENCE = tuple(LineClass)
"""Where several clues apply, the first class wins: what needs the most people to settle comes first.

A contested piece cannot be settled by anybody alone, so nothing hides it. A piece in the wrong place must
travel before its damage matters to its addressee, so misrouted and extra come before damaged (the damage
stays in the evidence). A scan of the piece outranks one of its bag; and a piece that nobody saw waits for the
devices before it is called missing.
"""

EXCEPTIONS = frozenset(
    {
        LineClass.CONTESTED,
        LineClass.MISROUTED,
        LineClass.EXTRA,
        LineClass.DAMAGED,
        LineClass.MISSING,
    }
)
"""The classes that open a discrepancy when the manifest is closed."""

ARRIVING = frozenset({"receive", "arrive", "refuse"})
"""Scans with which a receiver answers an offer."""

GIVING = frozenset({"offer", "depart", "deliver", "return", "out_for_delivery"})
"""Scans that pass a piece on."""

SIGHTING = frozenset({"accept", "receive", "arrive", "pack", "unpack", "hold", "attempt_failed"}) | GIVING
"""Scans that nobody can make without the piece in hand."""

DAMAGE = frozenset({"damaged", "opened", "seal_broken"})
"""Conditions and reasons that say a piece came in another state than it left in."""


class Line(Struct, frozen=True, kw_only=True):
    """A line of the sealed list; `until` is when the piece was sealed on a later manifest, if it was."""

    piece: str
    n: int
    destination: str | None = None
    until: datetime | None = None


class Handover(Struct, frozen=True, kw_only=True):
    """What a sealed manifest promised: who hands which pieces to whom, from when on."""

    code: str
    giver: str
    receiver: str
    sealed_at: datetime
    lines: tuple[Line, ...]
    carrier: str | None = None
    dispatched_at: datetime | None = None


class Custody(Struct, frozen=True, kw_only=True):
    """Who answers for a piece at `as_of`, as the custody fold says; two claims or more make it contested.

    `bound_for` is where a recall or a redirection sends it, if its sender asked for one.
    """

    holder: str | None
    claims: tuple[str, ...] = ()
    bound_for: str | None = None


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Where a piece that is not on this list belongs: another open manifest, or its destination."""

    manifest: str | None = None
    destination: str | None = None


class ClosedVerdict(Struct, frozen=True, kw_only=True):
    """What was found at the closing, and the pieces of which something else is known since (their class then)."""

    as_of: Instant
    counts: dict[LineClass, int]
    changed: dict[str, LineClass | None]


class Sync(Struct, frozen=True, kw_only=True):
    """A message of a device: which installation of it, up to which number it had counted, and when it came."""

    device: str
    epoch: str
    last_seq: int
    received_at: Instant


class DeviceCoverage(Struct, frozen=True, kw_only=True):
    """Up to when a device in question has told everything: the state of its syncs.

    `covered_until` is the device time, corrected, of its last sync whose sequence is wholly held;
    `missing` are the sequence ranges (inclusive) that it announced and did not deliver. `told_by` is the first
    sync since the end of the handover with which nothing was missing any more.
    """

    device: str
    organisation: str
    covered_until: datetime | None = None
    last_contact: datetime | None = None
    missing: tuple[tuple[int, int], ...] = ()
    told_by: Sync | None = None

    def covers(self, instant: datetime) -> bool:
        """Tell whether nothing that the device saw up to the instant can still be on its way."""
        return self.covered_until is not None and self.covered_until >= instant
