"""A browser becomes a device: a one-time code, typed or scanned, is exchanged for a cookie that no script can read."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from manifests.stations.schemas import EnrolForm
from postal import clock
from postal.errors import PostalError, Unauthenticated
from postal.http.limits import spend
from postal.identity import service as identity
from postal.identity.access import ANYONE, BY_STATION
from postal.identity.api import ENROLMENTS_OF_CALLER
from postal.identity.cookies import station_cookie
from postal.identity.rules import Actor
from postal.web.rendering import page

TYPED = Annotated[EnrolForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
UNKEPT = {"Cache-Control": "no-store"}


@get("/scan/enrol", opt={**ANYONE, **BY_STATION}, include_in_schema=False, summary="Page: enrol this browser")
async def ask(request: Request[Actor, Any, Any]) -> Response[str]:
    """Ask for the one-time code, and say which device this browser is already."""
    return _form(request)


@post("/scan/enrol", opt=ANYONE, include_in_schema=False, summary="Page: use an enrolment code")
async def enrol(request: Request[Actor, Any, Any], data: TYPED) -> Response[Any]:
    """Exchange the code for the device's key, which goes into the cookie and nowhere else."""
    await spend(request, ENROLMENTS_OF_CALLER)
    try:
        enrolled = await identity.enrol(data.code, await clock.now())
    except Unauthenticated as refused:
        return _form(request, refused)
    answer: Response[Any] = Redirect("/scan", status_code=303)
    answer.set_cookie(station_cookie(enrolled.secret, request.url.scheme))
    return answer


def _form(request: Request[Actor, Any, Any], refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "stations/enrol.html",
        title=("Đăng ký máy quét", "Enrol this device"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=refused,
        device=request.user.device,
    )


HANDLERS = (ask, enrol)
