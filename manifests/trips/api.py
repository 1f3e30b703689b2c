"""JSON over HTTP: trips, what is aboard, departures and arrivals."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody

from manifests.trips import repository, service
from manifests.trips.rules import CARRIERS, Trip
from manifests.trips.schemas import Loading, NewTrip, Passage
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor

CARRYING = roles(*CARRIERS)


class TripController(Controller):
    """Runs of vehicles with manifests and bags aboard."""

    path = "/api/v1/trips"
    tags = ("manifests",)

    @post(operation_id="openTrip", summary="Open a trip", opt=CARRYING)
    async def open_trip(self, data: JSONBody[NewTrip], request: Request[Actor, Any, Any]) -> Trip:
        """Open a run of a vehicle from one organisation to another."""
        return await service.open_trip(
            origin=data.origin,
            destination=data.destination,
            carrier=data.carrier,
            vehicle=data.vehicle,
            route=data.route,
            actor=request.user,
            now=await clock.now(),
        )

    @get(operation_id="listTrips", summary="Your trips, newest first", opt=SIGNED_IN)
    async def list_trips(
        self, request: Request[Actor, Any, Any], cursor: PageCursor = None, limit: PageLimit = DEFAULT_LIMIT
    ) -> Response[Page[Trip]]:
        """List the trips of which the caller is opener, carrier, origin or destination."""
        found = await repository.page_of(
            request.user, after=decode_cursor(cursor, tuple[datetime, str]), limit=limit + 1
        )
        return paged(request, found, limit, key=lambda one: (one.opened_at, one.code))

    @get("/{code:str}", operation_id="getTrip", summary="A trip with what is aboard", opt=SIGNED_IN)
    async def get_trip(self, code: PathCode, request: Request[Actor, Any, Any]) -> Trip:
        """Give a trip to its parties, with the seal of each bag."""
        return await service.shown(code, request.user)

    @post("/{code:str}/load", operation_id="loadTrip", summary="Take aboard", status_code=200, opt=CARRYING)
    async def load(self, code: PathCode, data: JSONBody[Loading], request: Request[Actor, Any, Any]) -> Trip:
        """Take manifests and bags aboard."""
        return await service.load(code, data.manifests, data.bags, actor=request.user, now=await clock.now())

    @post("/{code:str}/unload", operation_id="unloadTrip", summary="Take off", status_code=200, opt=CARRYING)
    async def unload(
        self, code: PathCode, data: JSONBody[Loading], request: Request[Actor, Any, Any]
    ) -> Trip:
        """Take manifests and bags off, at any stop."""
        return await service.unload(
            code, data.manifests, data.bags, actor=request.user, now=await clock.now()
        )

    @post("/{code:str}/depart", operation_id="departTrip", summary="Leave", status_code=200, opt=CARRYING)
    async def depart(
        self, code: PathCode, request: Request[Actor, Any, Any], data: JSONBody[Passage | None] = None
    ) -> Trip:
        """Let the trip leave; everything aboard is in transit."""
        place = data.place if data else None
        return await service.depart(code, place=place, actor=request.user, now=await clock.now())

    @post("/{code:str}/arrive", operation_id="arriveTrip", summary="Arrive", status_code=200, opt=CARRYING)
    async def arrive(
        self, code: PathCode, request: Request[Actor, Any, Any], data: JSONBody[Passage | None] = None
    ) -> Trip:
        """Note that the trip is at a stop."""
        place = data.place if data else None
        return await service.arrive(code, place=place, actor=request.user, now=await clock.now())


HANDLERS = (TripController,)
