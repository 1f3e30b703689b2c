"""What is true in the world, kept by hand as things happen: an independent model, not a fold over what was sent.

Each thing knows where it physically is and which party has, in everybody's sight, taken it. A scan that never leaves
its device moves the thing and nothing else.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

CITIZEN = "CITIZEN"


class Story(StrEnum):
    """The special fate that a dossier meets, if any."""

    PLAIN = "plain"
    LOST_INBOUND = "lost_inbound"
    LOST_OUTBOUND = "lost_outbound"
    DAMAGED = "damaged"
    MISSCAN_OPEN = "misscan_open"
    MISSCAN_FIXED = "misscan_fixed"
    SWAPPED = "swapped"
    UNLISTED = "unlisted"
    ABSENT_ONCE = "absent_once"
    ABSENT_TWICE = "absent_twice"
    SUPPLEMENT = "supplement"
    OVERDUE = "overdue"
    SCANNED_FIRST = "scanned_first"
    UNREPORTED = "unreported"
    BY_BARCODE = "by_barcode"
    ON_THE_ROAD = "on_the_road"
    MISPLACED = "misplaced"
    WRONG_BAG = "wrong_bag"
    LATE = "late"


ASTRAY = frozenset({Story.SWAPPED, Story.MISPLACED})
"""Envelopes that come to a desk which is not theirs."""


class Thing:
    """A dossier, result, item or bag; `rivals` are parties that claim it by a mistake not yet taken back.

    `stowed` is what lies in it although nobody scanned it in, with the list on which it should have gone.
    `number` tells in which order things came into the world.
    """

    def __init__(self, name: str, kind: str, where: str, claims: tuple[str, ...]) -> None:
        self.name = name
        self.kind = kind
        self.where = where
        self.claims = claims
        self.rivals: tuple[str, ...] = ()
        self.inside: Thing | None = None
        self.holds: dict[str, Thing] = {}
        self.stowed: list[tuple[Thing, Sheet]] = []
        self.number = 0
        self.story = Story.PLAIN

    def put_into(self, container: "Thing | None") -> None:
        """Lie in a container from now on, or in none."""
        if self.inside is not None:
            self.inside.holds.pop(self.name, None)
        self.inside = container
        if container is not None:
            container.holds[self.name] = self

    def answered_by(self) -> tuple[str, ...]:
        """Give the parties that answer for it: those of the outermost container."""
        return self.inside.answered_by() if self.inside else (*self.claims, *self.rivals)

    def really_at(self) -> str:
        """Tell where it physically is."""
        return self.inside.really_at() if self.inside else self.where


class Sheet:
    """A manifest on its way: what the list says, and how each piece was seen by the receiver.

    `within` maps each item that lies in a listed bag to that bag; the papers in an item are nobody's lines.
    """

    def __init__(
        self, name: str, giver: str, receiver: str, listed: tuple[Thing, ...], sent: datetime
    ) -> None:
        self.name = name
        self.giver = giver
        self.receiver = receiver
        self.listed = listed
        self.sent = sent
        self.classes: dict[str, str] = {thing.name: "unseen" for thing in listed}
        self.within: dict[str, str] = {}
        self.arrived = False
        self.closed = False
        self.taken: dict[str, datetime] = {}

    def see(self, thing: Thing, condition: str, at: datetime, *, known: bool) -> None:
        """Note that the receiver scanned a thing under this manifest; `known` unless the scan never left its device."""
        self.taken[thing.name] = at
        listed = thing in self.listed
        if not known:
            # Of what is on no list and in no upload, nobody can say anything.
            self.classes.update({thing.name: "awaiting_device"} if listed else {})
            return
        self.arrived = True
        self.classes[thing.name] = (
            "extra" if not listed else "matched" if condition == "intact" else condition
        )


class PieceTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What the system should say of a piece at the end, and where the piece really is."""

    name: str
    kind: str
    claims: tuple[str, ...]
    where: str
    story: str


class LineTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The class that a line of a manifest should have at the end."""

    manifest: str
    piece: str
    line_class: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A piece that a receiver truly took in on a manifest, whatever anybody was told of it, and when.

    After `waits` the system may call it missing all the same, if a device still keeps what it saw.
    """

    manifest: str
    piece: str
    at: datetime
    waits: datetime


class TimeTruth(msgspec.Struct, frozen=True, kw_only=True):
    """When a clock of a dossier truly started and stopped; a device's clock measured the ends marked so.

    A clock whose start is a matter of law, not of the world, has no `started`.
    """

    dossier: str
    clock: str
    started: datetime | None
    stopped: datetime | None
    start_by_device: bool = True
    stop_by_device: bool = True


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the system is examined about; `highlights` names a piece for each telling state."""

    pieces: tuple[PieceTruth, ...]
    lines: tuple[LineTruth, ...]
    times: tuple[TimeTruth, ...]
    highlights: dict[str, str]
    taken: tuple[Taken, ...] = ()
