"""Planning from demand: which pieces that wait at a giver go to whom, and on how many manifests."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from postal.network.rules import Kind
from shipments.pieces.rules import CITIZEN

POST = frozenset({Kind.POST_OFFICE, Kind.HUB, Kind.CARRIER})
"""Who carries for others."""

THROUGH = frozenset({Kind.HUB, Kind.CARRIER})
"""Who takes everything that is bound for somebody else."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A piece that its giver holds and that nothing else claims: outermost, offered to nobody, on no manifest."""

    code: str
    destination: str
    home: str
    returning: bool


class Group(Struct, frozen=True, kw_only=True):
    """Pieces for one manifest."""

    receiver: str
    pieces: tuple[str, ...]


def bound_for(piece: Waiting) -> str:
    """Name where a piece is going; one that goes back goes home."""
    return piece.home if piece.returning else piece.destination


def next_party(
    piece: Waiting, giver: str, giver_kind: Kind | None, receiver: str | None, kind: Kind | None
) -> str | None:
    """Name the party that the giver hands a piece to next, or None if it stays or cannot be told.

    Without a receiver in mind that is where the piece is bound. A receiver asked for also gets what it only carries
    on: a hub or a carrier whatever is bound for another organisation, and any part of the post whatever an agency
    sends out, to citizens too.
    """
    bound = bound_for(piece)
    if bound == giver:
        return None
    if receiver is None:
        return None if bound == CITIZEN else bound
    if bound == receiver:
        return receiver
    from_agency = giver_kind is not None and giver_kind not in POST
    carries = (kind in POST and from_agency) or (kind in THROUGH and bound != CITIZEN)
    return receiver if carries else None


def group(pieces: Iterable[tuple[Waiting, str]], max_items: int | None) -> list[Group]:
    """Put pieces with their next parties on manifests, one receiver each, none longer than `max_items`."""
    by_receiver: dict[str, list[str]] = {}
    for piece, receiver in sorted(pieces, key=lambda one: (one[1], one[0].code)):
        by_receiver.setdefault(receiver, []).append(piece.code)
    return [
        Group(receiver=receiver, pieces=chunk)
        for receiver, codes in by_receiver.items()
        for chunk in _chunks(codes, max_items or len(codes))
    ]


def _chunks(codes: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(codes[start : start + size]) for start in range(0, len(codes), size)]
