"""Pages of trips: those of one's organisation, and one with what is aboard, its loading, departures and arrivals."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect

from manifests.trips import repository, service
from manifests.trips.rules import CARRIERS, LoadKind, Trip, TripState
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.web.rendering import page
from shipments.pieces.rules import CodeKind, Refusal, kind_of, normalise

ON_A_PAGE = 50
MOST_NAMED = 200

STATES: dict[TripState, tuple[str, str]] = {
    TripState.OPEN: ("Đang xếp", "Being loaded"),
    TripState.DEPARTED: ("Đang đi", "On the road"),
    TripState.ARRIVED: ("Đã đến", "At a stop"),
}


@get("/trips", opt=SIGNED_IN, include_in_schema=False, summary="Page: trips")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List the trips of which the person's organisation is a party."""
    return await _list(request, decode_cursor(cursor, tuple[datetime, str]))


@post("/trips", opt=roles(*CARRIERS), include_in_schema=False, summary="Page: open a trip")
async def open_trip(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Open a trip and go to its page."""
    form = await request.form()
    given = {name: _typed(form, name) for name in ("origin", "destination", "carrier", "vehicle", "route")}
    try:
        trip = await service.open_trip(
            origin=given["origin"] or request.user.organisation or "",
            destination=given["destination"],
            carrier=given["carrier"] or None,
            vehicle=given["vehicle"] or None,
            route=given["route"] or None,
            actor=request.user,
            now=await clock.now(),
        )
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _list(request, None, refused, given)
    return Redirect(f"/trips/{trip.code}", status_code=303)


@get("/trips/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a trip")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show a trip to its parties."""
    return await _trip(request, code)


@post("/trips/{code:str}", opt=roles(*CARRIERS), include_in_schema=False, summary="Page: act on a trip")
async def act(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Load, unload, let it depart or arrive."""
    await repository.get(code, request.user)
    form = await request.form()
    try:
        await _act(code, form, request.user, await clock.now())
    except (BadInput, Conflict, Forbidden, NotFound, Unprocessable) as refused:
        return await _trip(request, code, refused, _typed(form, "codes"))
    return Redirect(f"/trips/{code}", status_code=303)


async def _act(code: str, form: FormMultiDict, actor: Actor, now: datetime) -> None:
    asked = _typed(form, "act")
    if asked in {"load", "unload"}:
        manifests, bags = _named(_typed(form, "codes"))
        move = service.load if asked == "load" else service.unload
        await move(code, manifests, bags, actor=actor, now=now)
    elif asked in {"depart", "arrive"}:
        leave = service.depart if asked == "depart" else service.arrive
        await leave(code, place=None, actor=actor, now=now)
    else:
        raise Unprocessable("trip.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")


def _named(typed: str) -> tuple[list[str], list[str]]:
    """Sort scanned or typed codes into manifests and bags; raise for what is neither."""
    manifests: list[str] = []
    bags: list[str] = []
    for word in typed.split()[:MOST_NAMED]:
        code = normalise(word)
        kind = None if isinstance(code, Refusal) else kind_of(code)
        if isinstance(code, Refusal) or kind not in {CodeKind.MANIFEST, CodeKind.BAG}:
            raise Unprocessable(
                "trip.code",
                vi=f"{word[:40]} không phải mã bảng kê hay mã túi",
                en=f"{word[:40]} is neither a manifest nor a bag",
                pointer="/codes",
            )
        (manifests if kind is CodeKind.MANIFEST else bags).append(code)
    return manifests, bags


async def _list(
    request: Request[Actor, Any, Any],
    after: tuple[datetime, str] | None,
    refused: PostalError | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    found = await repository.page_of(request.user, after=after, limit=ON_A_PAGE + 1)
    last = found[ON_A_PAGE - 1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "trips/list.html",
        title=("Chuyến thư", "Trips"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        typed=typed or {},
        trips=found[:ON_A_PAGE],
        names=await _names(found),
        states=STATES,
        carrying=bool(request.user.roles & set(CARRIERS)),
        following=encode_cursor((last.opened_at, last.code)) if last else None,
    )


async def _trip(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None, typed: str = ""
) -> Response[str]:
    trip = await service.shown(code, request.user)
    return page(
        request,
        "trips/trip.html",
        title=(f"Chuyến thư {code}", f"Trip {code}"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        typed=typed,
        trip=trip,
        names=await _names([trip]),
        states=STATES,
        manifest_kind=LoadKind.MANIFEST,
        carrying=bool(request.user.roles & set(CARRIERS)),
        crew=not trip.crew.isdisjoint(request.user.sees),
    )


def _typed(form: FormMultiDict, name: str) -> str:
    return str(form.get(name) or "").strip()[:10_000]


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


async def _names(trips: list[Trip]) -> dict[str, str]:
    return await network.names_of({party for trip in trips for party in trip.parties})


PAGE_HANDLERS = (show_list, open_trip, show, act)
