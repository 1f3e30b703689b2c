"""What is sent about incidents and claims."""

from typing import Annotated

from msgspec import Meta, Struct

from manifests.incidents.rules import Cause, ClaimKind, ReissueState
from postal.instants import Instant

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Outcome = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{1,34}$(?!\n)")]
Money = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class NewIncident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece that is missing for good or damaged."""

    piece: Code
    cause: Cause = Cause.LOST


class ReissueStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far the re-issue of one paper is, by its number on the list of papers, and what this step cost in đồng."""

    paper: Annotated[int, Meta(ge=1, le=999)]
    state: ReissueState
    cost: Money = 0


class Liability(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document of liability: the amount, if more than the least, and the fare on the voucher, if it is known."""

    amount: Money | None = None
    fare: Money | None = None


class Payment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was paid, in đồng."""

    amount: Money


class Ending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it ended, by the code of a reason."""

    outcome: Outcome


class NewClaimant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who claims and what they wrote; kept apart from everything else, and erasable."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    phone: Annotated[str, Meta(max_length=40)] | None = None
    address: Annotated[str, Meta(max_length=500)] | None = None
    statement: Annotated[str, Meta(max_length=4_000)] | None = None


class NewClaim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim for a piece, in writing; `lodged_at` is when it was handed in, if not just now."""

    piece: Code
    kind: ClaimKind
    claimant: NewClaimant
    lodged_at: Instant | None = None
