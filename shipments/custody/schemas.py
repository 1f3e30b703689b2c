"""How pieces are shown."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode
from postal.instants import Instant
from shipments.custody.rules import Custody, Instruction, Offer, Phase, SealNote
from shipments.custody.rules.wire import Counted
from shipments.pieces.rules import Piece, PieceKind

Reason = Annotated[str, Meta(pattern=r"^[a-z0-9_.]{1,64}$(?!\n)")]
Voucher = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-/]{1,60}$(?!\n)")]
SealNumber = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-/]{1,40}$(?!\n)")]
StaffCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-_]{1,64}$(?!\n)")]


class Recall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sender calls a piece back; `voucher` is the number of the paper that proves the sending (phiếu gửi)."""

    voucher: Voucher
    reason: Reason | None = None


class Redirection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sender or addressee sends a piece elsewhere; a citizen's new address is the office that delivers there."""

    destination: OrganisationCode
    voucher: Voucher
    reason: Reason | None = None


class Closing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The seal under which a bag or an item is closed."""

    seal: SealNumber


class InventoryTaken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was counted in a container whose seal or cover is broken, and the new seal; `witness` is a staff code."""

    found: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=1000)]
    seal: SealNumber
    condition: Literal["damaged", "opened", "seal_broken"]
    counted: Counted | None = None
    witness: StaffCode | None = None


class StepView(Struct, frozen=True, kw_only=True):
    """One row of a piece's history; `via` names the container whose step it was."""

    row: UUID
    kind: str
    at: Instant
    organisation: str | None
    flags: tuple[str, ...]
    claims: tuple[str, ...]
    container: str | None
    phase: Phase
    manifest: str | None
    place: str | None
    trip: str | None
    via: str | None


class PieceSummary(Struct, frozen=True, kw_only=True):
    """A piece and who answers for it; `holder` is absent while parties contest it (`claims`)."""

    code: str
    phase: Phase
    holder: str | None
    claims: tuple[str, ...]
    container: str | None
    undecided: str | None
    condition: str
    place: str | None
    last_at: Instant | None


class PieceView(Struct, frozen=True, kw_only=True):
    """A piece: what it is, who answers for it, and everything that hands did to it.

    `bound_for` is where it is to go now: its destination, unless an `instruction` of its sender says otherwise. `seals`
    is the history of its seal, hop by hop, `seal` the last word on it. `unverified` names the bag or manifest by whose
    barcode alone the holder accepted it. `contents` are the pieces in it.
    """

    code: str
    kind: PieceKind
    origin: str
    destination: str
    authority: str | None
    direction: str | None
    dossiers: tuple[str, ...]
    registered_at: Instant
    phase: Phase
    holder: str | None
    claims: tuple[str, ...]
    contested: bool
    undecided: str | None
    unconfirmed_from: str | None
    container: str | None
    offer: Offer | None
    place: str | None
    condition: str
    bound_for: str
    instruction: Instruction | None
    seal: SealNote | None
    seals: tuple[SealNote, ...]
    unverified: str | None
    refused_at: Instant | None
    trip: str | None
    contents: tuple[str, ...]
    attempts: tuple[Instant, ...]
    since: Instant | None
    last_at: Instant | None
    timeline: list[StepView]


def summary(custody: Custody) -> PieceSummary:
    """Show a stored custody in a list."""
    return PieceSummary(
        code=custody.code,
        phase=custody.phase,
        holder=custody.holder,
        claims=custody.claims,
        container=custody.container,
        undecided=custody.undecided,
        condition=custody.condition,
        place=custody.place,
        last_at=custody.last_at,
    )


def view(piece: Piece, custody: Custody, contents: Sequence[str] = ()) -> PieceView:
    """Show a piece with its history."""
    return PieceView(
        code=piece.code,
        kind=piece.kind,
        origin=piece.origin,
        destination=piece.destination,
        authority=piece.authority,
        direction=piece.direction,
        dossiers=piece.dossiers,
        registered_at=piece.registered_at,
        phase=custody.phase,
        holder=custody.holder,
        claims=custody.claims,
        contested=custody.contested,
        undecided=custody.undecided,
        unconfirmed_from=custody.unconfirmed_from,
        container=custody.container,
        offer=custody.offer,
        place=custody.place,
        condition=custody.condition,
        bound_for=custody.instruction.destination if custody.instruction else piece.destination,
        instruction=custody.instruction,
        seal=custody.seal,
        seals=custody.seals,
        unverified=custody.unverified,
        refused_at=custody.refused_at,
        trip=custody.trip,
        contents=tuple(contents),
        attempts=custody.attempts,
        since=custody.since,
        last_at=custody.last_at,
        timeline=[
            StepView(
                row=step.row,
                kind=step.kind,
                at=step.at,
                organisation=step.organisation,
                flags=step.flags,
                claims=step.claims,
                container=step.container,
                phase=step.phase,
                manifest=step.manifest,
                place=step.place,
                trip=step.trip,
                via=step.via,
            )
            for step in custody.steps
        ],
    )
