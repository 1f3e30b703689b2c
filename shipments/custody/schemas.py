"""How pieces are shown."""

from uuid import UUID

from msgspec import Struct

from postal.instants import Instant
from shipments.custody.rules import Custody, Offer, Phase
from shipments.pieces.rules import Piece, PieceKind


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
    """A piece: what it is, who answers for it, and everything that hands did to it."""

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


def view(piece: Piece, custody: Custody) -> PieceView:
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
                via=step.via,
            )
            for step in custody.steps
        ],
    )
