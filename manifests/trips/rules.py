"""Trips (chuyến thư): a run of a vehicle with manifests and bags aboard. Pure.

A trip carries and never answers: who holds what is aboard is said by the handovers of the manifests and bags. So a trip
is a list that grows and shrinks by records of loading and unloading, and its departures and arrivals are scans of its
code.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.identity.rules import Role
from postal.instants import Instant
from postal.ledger.rules import Row
from shipments.custody.rules import SealNote, standing

PREFIX = "CT-"
CARRIERS = (Role.CLERK, Role.COURIER, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK, Role.SYSTEM)
"""Who loads and drives."""

OPENED, LOADED, UNLOADED = "trip.opened", "trip.loaded", "trip.unloaded"


class TripState(StrEnum):
    """Where a trip stands: not left yet, on the road, or at a stop."""

    OPEN = "open"
    DEPARTED = "departed"
    ARRIVED = "arrived"


class LoadKind(StrEnum):
    """What is loaded: a manifest with all its lines, or a bag of its own."""

    MANIFEST = "manifest"
    BAG = "bag"


class Load(Struct, frozen=True, kw_only=True):
    """One thing aboard, or once aboard; `seal` is the last word on a bag's seal."""

    code: str
    kind: LoadKind
    loaded_at: Instant
    unloaded_at: Instant | None = None
    seal: SealNote | None = None


class Stop(Struct, frozen=True, kw_only=True):
    """A departure or an arrival, and who scanned it where."""

    kind: str
    at: Instant
    organisation: str | None
    place: str | None
    row: UUID


class Trip(Struct, frozen=True, kw_only=True):
    """A trip as its rows say, with everything that was ever aboard."""

    code: str
    state: TripState
    opened_by: str
    carrier: str
    origin: str
    destination: str
    vehicle: str | None
    route: str | None
    opened_at: Instant
    loads: tuple[Load, ...] = ()
    stops: tuple[Stop, ...] = ()

    @property
    def parties(self) -> frozenset[str]:
        """Name the organisations that may know of the trip."""
        return frozenset({self.opened_by, self.carrier, self.origin, self.destination})

    @property
    def crew(self) -> frozenset[str]:
        """Name the organisations that load the trip and let it depart."""
        return frozenset({self.opened_by, self.carrier})

    def aboard(self) -> tuple[Load, ...]:
        """List what is aboard now."""
        return tuple(load for load in self.loads if load.unloaded_at is None)


def trip_of(code: str, rows: Sequence[Row], disputed: Mapping[UUID, Sequence[Row]]) -> Trip | None:
    """Read a trip from its rows, whatever order they came in; None before it is opened."""
    own = [row for row in standing(code, rows, disputed) if row.content.code == code]
    opened = next((row for row in own if row.content.kind == OPENED), None)
    if opened is None or opened.content.organisation is None:
        return None
    body, stops = opened.content.body, _stops(own)
    return Trip(
        code=code,
        state=TripState.OPEN if not stops else _STATES[stops[-1].kind],
        opened_by=opened.content.organisation,
        carrier=body["carrier"],
        origin=body["origin"],
        destination=body["destination"],
        vehicle=body.get("vehicle"),
        route=body.get("route"),
        opened_at=opened.content.occurred_at,
        loads=_loads(own),
        stops=stops,
    )


_STATES = {"depart": TripState.DEPARTED, "arrive": TripState.ARRIVED}


def _stops(rows: Iterable[Row]) -> tuple[Stop, ...]:
    return tuple(
        Stop(
            kind=row.content.kind,
            at=row.corrected_at,
            organisation=row.content.organisation,
            place=row.content.body.get("place"),
            row=row.content.id,
        )
        for row in rows
        if row.content.kind in _STATES
    )


def _loads(rows: Iterable[Row]) -> tuple[Load, ...]:
    """Follow what went aboard and what left; what is loaded again stands as aboard again."""
    loads: dict[str, Load] = {}
    for row in rows:
        content = row.content
        for kind in LoadKind:
            for code in content.body.get(f"{kind}s") or ():
                if content.kind == LOADED:
                    loads[code] = Load(code=code, kind=kind, loaded_at=row.corrected_at)
                elif content.kind == UNLOADED and code in loads:
                    before = loads[code]
                    loads[code] = Load(
                        code=code, kind=kind, loaded_at=before.loaded_at, unloaded_at=row.corrected_at
                    )
    return tuple(loads[code] for code in sorted(loads))
