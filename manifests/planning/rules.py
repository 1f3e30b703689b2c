"""Planning from demand: what waits at a giver, what of it leaves with a vehicle, and what stays and why.

Laws, held as properties: no piece is planned twice; no vehicle and no manifest holds more than it may; every waiting
piece is planned or told why not; the more urgent go before the less urgent; and the order of the input is nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from postal.calendars.rules import WorkingTime
from postal.instants import Instant
from postal.network.rules import Kind
from shipments.pieces.rules import CITIZEN, PieceKind

POST = frozenset({Kind.POST_OFFICE, Kind.HUB, Kind.CARRIER})
"""Who carries for others."""

THROUGH = frozenset({Kind.HUB, Kind.CARRIER})
"""Who takes everything that is bound for somebody else."""

TRANSIT = "J+n"
"""The name of the transit standard where no clock of a dossier has taken it up."""

AT_THE_PICKUP = "C5"
"""The clock that ends with the handover itself, so that no travel is left."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A piece that its giver holds and that nothing else claims: outermost, offered to nobody, on no manifest.

    `office` is the post office of its dossiers, if they have one in common. `due` is the first limit that runs for
    any dossier in it, `clock` the one whose limit that is; `accepted_at` is when it came to the post.
    """

    code: str
    destination: str
    home: str
    returning: bool
    kind: PieceKind = PieceKind.ITEM
    origin: str = ""
    office: str | None = None
    accepted_at: Instant | None = None
    due: Instant | None = None
    clock: str | None = None


class Urgency(StrEnum):
    """What a departure means for the limit of a piece, the first to go first."""

    NOW = "now"
    """It meets its limit with this departure and would not with the next one."""
    LATE = "late"
    """It misses its limit already, even if it leaves now."""
    LATER = "later"
    """It would still be in time with the next departure."""
    NONE = "none"
    """No limit runs for it that we know of."""


class Left(StrEnum):
    """Why a waiting piece is not planned."""

    AT_DESTINATION = "at_destination"
    NO_RECEIVER = "no_receiver"
    OTHER_RECEIVER = "other_receiver"
    VEHICLE_FULL = "vehicle_full"


class Departures(Struct, frozen=True):
    """When this vehicle leaves, and when the next one does."""

    at: Instant
    following: Instant


class Ready(Struct, frozen=True, kw_only=True):
    """A waiting piece judged against a departure: for whom, how urgent, and by when it must leave."""

    code: str
    kind: PieceKind = PieceKind.ITEM
    receiver: str | None = None
    left: Left | None = None
    urgency: Urgency = Urgency.NONE
    due: Instant | None = None
    leave_by: Instant | None = None
    limit: str | None = None


class Capacity(Struct, frozen=True, kw_only=True):
    """What a vehicle holds, items and bags apart, and how long one manifest may be; None does not restrict."""

    items: int | None = None
    bags: int | None = None
    lines: int | None = None


class Group(Struct, frozen=True, kw_only=True):
    """Pieces for one manifest, in the order in which they should be loaded."""

    receiver: str
    pieces: tuple[Ready, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Name the pieces."""
        return tuple(piece.code for piece in self.pieces)


class Planned(Struct, frozen=True, kw_only=True):
    """What goes, by manifest, and what stays, each with its reason."""

    groups: tuple[Group, ...]
    left: tuple[Ready, ...]


def bound_for(piece: Waiting) -> str:
    """Name where a piece is going; one that goes back goes home."""
    return piece.home if piece.returning else piece.destination


def next_party(
    piece: Waiting, giver: str, giver_kind: Kind | None, receiver: str | None, kind: Kind | None
) -> str | None:
    """Name the party that the giver hands a piece to next, or None if it stays or cannot be told.

    Without a receiver in mind that is where the piece is bound; what an agency sends to citizens goes to the post
    office of its dossier. A receiver asked for also gets what it only carries on: a hub or a carrier whatever is
    bound for another organisation, and any part of the post whatever an agency sends out, to citizens too.
    """
    bound = bound_for(piece)
    if bound == giver:
        return None
    from_agency = giver_kind is not None and giver_kind not in POST
    if receiver is None:
        if bound != CITIZEN:
            return bound
        return piece.office if from_agency and piece.office != giver else None
    if bound == receiver:
        return receiver
    carries = (kind in POST and from_agency) or (kind in THROUGH and bound != CITIZEN)
    return receiver if carries else None


def why_left(piece: Waiting, giver: str, receiver: str | None) -> Left:
    """Say why a piece without a next party stays."""
    if bound_for(piece) == giver:
        return Left.AT_DESTINATION
    return Left.NO_RECEIVER if receiver is None else Left.OTHER_RECEIVER


def departures(now: datetime, cut_off: datetime | None, time: WorkingTime) -> Departures:
    """Tell when this vehicle leaves, and the next: at the same hour of the next working day."""
    leaving = cut_off or now
    local = leaving.astimezone(time.zone)
    following = time.add_working_days(local.date(), 1)
    return Departures(leaving, datetime.combine(following, local.time(), time.zone))


def urgency_of(leave_by: datetime | None, leaving: Departures) -> Urgency:
    """Judge a departure by the last instant at which a piece may leave."""
    if leave_by is None:
        return Urgency.NONE
    if leaving.at > leave_by:
        return Urgency.LATE
    return Urgency.NOW if leaving.following > leave_by else Urgency.LATER


def judge(
    piece: Waiting,
    *,
    receiver: str | None,
    left: Left | None,
    transit_due: datetime | None,
    travel: timedelta,
    leaving: Departures,
) -> Ready:
    """Judge a waiting piece: the first of its limits decides, less the time on the way."""
    known = [
        (due, name)
        for due, name in ((piece.due, piece.clock), (transit_due, TRANSIT))
        if due is not None and name is not None
    ]
    due, limit = min(known, default=(None, None))
    leave_by = due - (timedelta(0) if limit == AT_THE_PICKUP else travel) if due else None
    return Ready(
        code=piece.code,
        kind=piece.kind,
        receiver=receiver,
        left=left,
        urgency=urgency_of(leave_by, leaving),
        due=due,
        leave_by=leave_by,
        limit=limit,
    )


_RANKS = {urgency: rank for rank, urgency in enumerate(Urgency)}


def rank(piece: Ready) -> tuple[int, float, str]:
    """Order pieces: those that this departure saves, those that are late, those with time, those without a limit.

    What can still be in time comes before what cannot; among equals the one that must leave first.
    """
    return (_RANKS[piece.urgency], piece.leave_by.timestamp() if piece.leave_by else 0.0, piece.code)


def plan(ready: Iterable[Ready], capacity: Capacity) -> Planned:
    """Load a vehicle: the most urgent first, until it is full; one receiver a manifest, none too long."""
    ordered = sorted(ready, key=rank)
    loaded: dict[str, list[Ready]] = {}
    left: list[Ready] = []
    room = {True: capacity.bags, False: capacity.items}
    seen: set[str] = set()
    for piece in ordered:
        if piece.code in seen:
            continue
        seen.add(piece.code)
        is_bag = piece.kind is PieceKind.BAG
        if piece.receiver is None:
            left.append(piece)
        elif room[is_bag] == 0:
            left.append(_full(piece))
        else:
            space = room[is_bag]
            room[is_bag] = None if space is None else space - 1
            loaded.setdefault(piece.receiver, []).append(piece)
    # Receivers stand in the order of their most urgent piece, since dicts keep the order of the first one.
    receivers = sorted(loaded, key=lambda one: (*rank(loaded[one][0])[:2], one))
    groups = (
        Group(receiver=receiver, pieces=chunk)
        for receiver in receivers
        for chunk in _chunks(loaded[receiver], capacity.lines or len(loaded[receiver]))
    )
    return Planned(groups=tuple(groups), left=tuple(left))


def _full(piece: Ready) -> Ready:
    return Ready(
        code=piece.code,
        kind=piece.kind,
        receiver=piece.receiver,
        left=Left.VEHICLE_FULL,
        urgency=piece.urgency,
        due=piece.due,
        leave_by=piece.leave_by,
        limit=piece.limit,
    )


def _chunks(pieces: Sequence[Ready], size: int) -> list[tuple[Ready, ...]]:
    return [tuple(pieces[start : start + size]) for start in range(0, len(pieces), size)]


class Exempted(Struct, frozen=True, kw_only=True):
    """A piece that came off a draft as it was sealed, and the code of the reason."""

    manifest: str
    piece: str
    reason: str
    at: Instant


EXCEPTED = "manifest.excepted"
"""The kind of the row, under the piece's code, that says so."""
