"""What a scanning station is told to expect: a work list for each kind of work, no word about any person. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from manifests.manifests.rules import Manifest
from manifests.trips.rules import Trip
from postal.instants import Instant
from shipments.custody.rules import CITIZEN

GONE = frozenset({"delivered", "returned", "lost"})


class Work(StrEnum):
    """What somebody at a station does with pieces."""

    RECEIVE = "receive"
    OPEN = "open"
    LOAD = "load"
    DELIVER = "deliver"
    COUNT = "count"


MAKES = {
    Work.RECEIVE: "receive",
    Work.OPEN: "unpack",
    Work.LOAD: "depart",
    Work.DELIVER: "deliver",
    # A sighting of what is held anyway: it says where the piece is, and moves no custody.
    Work.COUNT: "arrive",
}
"""The kind of scan that each work makes."""

NAMED = {Work.OPEN: "TUI-", Work.LOAD: "CT-", Work.RECEIVE: "BK-"}
"""How the code begins by which a work is chosen; the other works are about everything that is held."""


class Known(Struct, frozen=True, kw_only=True):
    """A piece that an organisation holds or is offered."""

    code: str
    kind: str
    phase: str
    held: bool
    offered: bool
    container: str | None = None
    destination: str | None = None
    manifest: str | None = None


class Expected(Struct, frozen=True, kw_only=True, order=True):
    """A code to be scanned, and what it is in."""

    code: str
    kind: str
    container: str | None = None
    place: str | None = None


class Elsewhere(Struct, frozen=True, kw_only=True, order=True):
    """A code that the organisation has to do with, but not in this work."""

    code: str
    kind: str
    place: str | None = None
    manifest: str | None = None


class WorkList(Struct, frozen=True, kw_only=True):
    """Everything that a station needs to judge scans of one work by itself."""

    work: Work
    code: str | None
    kind: str
    made_at: Instant
    here: str
    counterparty: str | None = None
    manifest: str | None = None
    container: str | None = None
    expected: tuple[Expected, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


class Choice(Struct, frozen=True, kw_only=True):
    """A work that is there to be done, for choosing it."""

    work: Work
    code: str | None
    count: int
    counterparty: str | None = None


class Epoch(Struct, frozen=True, kw_only=True):
    """What one installation of a device has told us: the last number that it gave, and what never arrived."""

    epoch: str
    last_seq: int
    missing: tuple[tuple[int, int], ...] = ()


class Overview(Struct, frozen=True, kw_only=True):
    """What a station asks for when it starts and every now and then."""

    device: str
    organisation: str
    now: Instant
    shift: str | None
    shift_opened_at: Instant | None
    epochs: tuple[Epoch, ...]
    works: tuple[Choice, ...]
    patterns: tuple[str, ...]


def of_manifest(manifest: Manifest, known: Iterable[Known], here: str, at: datetime) -> WorkList:
    """List what comes with a manifest; what else we hold or are offered belongs elsewhere."""
    about = {one.code: one for one in known}
    lines = sorted(manifest.pieces)
    return WorkList(
        work=Work.RECEIVE,
        code=manifest.code,
        kind=MAKES[Work.RECEIVE],
        made_at=at,
        here=here,
        counterparty=manifest.giver,
        manifest=manifest.code,
        expected=tuple(_expected(code, about.get(code)) for code in lines),
        elsewhere=_rest(about.values(), lines),
    )


def of_container(
    container: str, contents: Sequence[str], known: Iterable[Known], here: str, at: datetime
) -> WorkList:
    """List what is in a bag or an item that is opened."""
    about = {one.code: one for one in known}
    inside = sorted(contents)
    return WorkList(
        work=Work.OPEN,
        code=container,
        kind=MAKES[Work.OPEN],
        made_at=at,
        here=here,
        container=container,
        expected=tuple(
            Expected(
                code=code, kind=about[code].kind if code in about else kind_by(code), container=container
            )
            for code in inside
        ),
        elsewhere=_rest(about.values(), [*inside, container]),
    )


def of_trip(
    trip: Trip, manifests: Iterable[Manifest], known: Iterable[Known], here: str, at: datetime
) -> WorkList:
    """List what may go on a trip: manifests that are sealed, and bags that we hold."""
    aboard = {load.code for load in trip.aboard()}
    pieces = {piece for manifest in manifests for piece in manifest.pieces}
    going = [
        Expected(code=manifest.code, kind="manifest", place=manifest.receiver)
        for manifest in manifests
        if manifest.code not in aboard
    ]
    bags = [
        Expected(code=one.code, kind=one.kind, place=one.destination)
        for one in known
        if one.kind == "bag" and one.held and one.container is None and one.phase not in GONE
    ]
    wanted = sorted({*going, *(bag for bag in bags if bag.code not in aboard and bag.code not in pieces)})
    return WorkList(
        work=Work.LOAD,
        code=trip.code,
        kind=MAKES[Work.LOAD],
        made_at=at,
        here=here,
        expected=tuple(wanted),
        elsewhere=_rest(known, [one.code for one in wanted]),
    )


def of_what_is_held(
    work: Work, known: Iterable[Known], here: str, sees: Collection[str], at: datetime
) -> WorkList:
    """List for the works that no code names: everything offered, to be delivered, or held."""
    chosen = [one for one in known if _belongs(work, one, sees)]
    return WorkList(
        work=work,
        code=None,
        kind=MAKES[work],
        made_at=at,
        here=here,
        expected=tuple(sorted(_expected(one.code, one) for one in chosen)),
        elsewhere=_rest(known, [one.code for one in chosen]),
    )


def _belongs(work: Work, one: Known, sees: Collection[str]) -> bool:
    if work is Work.RECEIVE:
        return one.offered
    if not one.held or one.phase in GONE:
        return False
    if work is Work.DELIVER:
        return one.container is None and (one.destination == CITIZEN or one.destination in sees)
    return True


def _expected(code: str, one: Known | None) -> Expected:
    if one is None:
        return Expected(code=code, kind=kind_by(code))
    return Expected(code=code, kind=one.kind, container=one.container, place=one.destination)


def _rest(known: Iterable[Known], taken: Collection[str]) -> tuple[Elsewhere, ...]:
    wanted = set(taken)
    return tuple(
        sorted(
            Elsewhere(code=one.code, kind=one.kind, place=one.destination, manifest=one.manifest)
            for one in known
            if one.code not in wanted
        )
    )


def kind_by(code: str) -> str:
    """Name a kind by the form of a code, for what nobody has told us of yet."""
    if code.startswith("TUI-"):
        return "bag"
    return "manifest" if code.startswith("BK-") else "item"


def fingerprint(listed: WorkList) -> str:
    """Give the same tag to lists that say the same, whenever they were made."""
    same = msgspec.structs.replace(listed, made_at=datetime.min.replace(tzinfo=UTC))
    return '"' + hashlib.sha256(msgspec.json.encode(same)).hexdigest()[:32] + '"'
