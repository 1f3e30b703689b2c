"""What the station's program asks for beside uploading: who it is, work lists, and shifts."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from manifests.stations import service
from manifests.stations.rules import Overview, Work, fingerprint
from manifests.stations.schemas import BeginShift, BegunShift, LoadedTrip, LoadTrip, RefusedLoad
from postal import clock
from postal.http.language import language_of
from postal.http.limits import UNLIMITED, spend
from postal.identity.access import BY_STATION, roles
from postal.identity.api import SIGN_INS_OF_CALLER, SIGN_INS_OF_LOGIN
from postal.identity.cookies import station_cookie, station_name
from postal.identity.rules import Actor, Role

STATIONS = {**roles(Role.SCANNER), **BY_STATION}
LISTS = {**STATIONS, **UNLIMITED}

OfCode = Annotated[str | None, QueryParameter(max_length=60, description="The code by which the work goes")]


@get("/scan/work", opt=LISTS, include_in_schema=False, summary="What a station is and may do")
async def overview(request: Request[Actor, Any, Any]) -> Overview:
    """Give the works to choose from, the open shift, and what of this device never arrived."""
    return await service.overview(request.user, await clock.now())


@get("/scan/lists/{work:str}", opt=LISTS, include_in_schema=False, summary="A work list")
async def work_list(
    request: Request[Actor, Any, Any], work: FromPath[Work], code: OfCode = None
) -> Response[bytes]:
    """Give what is expected in a work; what has not changed since is answered by 304."""
    listed = await service.work_list(work, code, actor=request.user, now=await clock.now())
    tag = fingerprint(listed)
    headers = {"ETag": tag, "Cache-Control": "no-store"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(msgspec.json.encode(listed), headers=headers, media_type="application/json")


@post("/scan/shift", opt=STATIONS, status_code=200, include_in_schema=False, summary="Begin a shift")
async def begin_shift(request: Request[Actor, Any, Any], data: BeginShift) -> Response[BegunShift]:
    """Begin a shift with login and password; attempts are counted by login and by caller."""
    await spend(request, SIGN_INS_OF_CALLER)
    await spend(request, SIGN_INS_OF_LOGIN, key=data.login.casefold())
    shift = await service.begin_shift(data.login, data.password, actor=request.user, now=await clock.now())
    answer = Response(
        BegunShift(shift=str(shift.id), opened_at=shift.opened_at, organisation=shift.organisation)
    )
    scheme = request.url.scheme
    if secret := request.cookies.get(station_name(scheme)):
        answer.set_cookie(station_cookie(secret, scheme))
    return answer


@post("/scan/shift/end", opt=STATIONS, status_code=204, include_in_schema=False, summary="End the shift")
async def end_shift(request: Request[Actor, Any, Any]) -> None:
    """End the shift that is open on this device."""
    await service.end_shift(actor=request.user, now=await clock.now())


@post("/scan/load", opt=LISTS, status_code=200, include_in_schema=False, summary="Load a trip")
async def load(request: Request[Actor, Any, Any], data: LoadTrip) -> LoadedTrip:
    """Put manifests and bags on a trip, each on its own; what is aboard already stays."""
    loaded, refused = await service.load_trip(
        data.trip, data.codes, actor=request.user, now=await clock.now()
    )
    vietnamese = language_of(request.scope) == "vi"
    return LoadedTrip(
        loaded=loaded,
        refused=[RefusedLoad(code=code, message=why.vi if vietnamese else why.en) for code, why in refused],
    )


HANDLERS = (overview, work_list, begin_shift, end_shift, load)
