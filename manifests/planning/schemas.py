"""What is asked of planning and what it answers."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct, field

from manifests.manifests.rules import Manifest
from manifests.planning.rules import Departures, Exempted, Ready, Urgency
from postal.identity.rules import OrganisationCode
from postal.instants import Instant
from shipments.pieces.rules import PieceKind

Reason = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{1,34}$(?!\n)")]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class Vehicle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the vehicle holds, single items and bags apart."""

    items: Count | None = None
    bags: Count | None = None


class PlanRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose demand, for whom, on which route, before which cut-off, for which vehicle, how long a manifest may be."""

    giver: OrganisationCode | None = None
    receiver: OrganisationCode | None = None
    carrier: OrganisationCode | None = None
    route: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    cut_off: Instant | None = None
    vehicle: Vehicle | None = None
    max_items: Annotated[int, Meta(ge=1, le=5_000)] | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """The drafts made; the pieces on them by urgency; and what stays, each with why.

    `left` counts those that stay although they are bound for elsewhere.
    """

    manifests: list[Manifest]
    left: int
    planned: Sequence[Ready] = ()
    unplanned: Sequence[Ready] = ()


class WaitingGroup(Struct, frozen=True, kw_only=True):
    """What waits for one receiver, the most urgent first; nobody where the receiver cannot be told."""

    receiver: str | None
    items: int
    bags: int
    now: int
    late: int
    pieces: Sequence[Ready]


class WaitingView(Struct, frozen=True, kw_only=True):
    """What waits at a giver, judged against this departure and the next one."""

    giver: str
    departures: Departures
    groups: Sequence[WaitingGroup]


class LeftOff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece that does not go, and the code of the reason."""

    piece: Annotated[str, Meta(min_length=1, max_length=60)]
    reason: Reason


class SealAndDispatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All but these."""

    exceptions: Annotated[list[LeftOff], Meta(max_length=5_000)] = field(name="except", default=[])


class Dispatched(Struct, frozen=True, kw_only=True):
    """The manifest as it left, and what stayed."""

    manifest: Manifest
    exceptions: Sequence[Exempted]


def groups_of(ready: Sequence[Ready]) -> list[WaitingGroup]:
    """Show pieces by receiver, both in the order in which they were given."""
    by_receiver: dict[str | None, list[Ready]] = {}
    for piece in ready:
        by_receiver.setdefault(piece.receiver, []).append(piece)
    return [
        WaitingGroup(
            receiver=receiver,
            items=sum(piece.kind is not PieceKind.BAG for piece in pieces),
            bags=sum(piece.kind is PieceKind.BAG for piece in pieces),
            now=sum(piece.urgency is Urgency.NOW for piece in pieces),
            late=sum(piece.urgency is Urgency.LATE for piece in pieces),
            pieces=pieces,
        )
        for receiver, pieces in by_receiver.items()
    ]
