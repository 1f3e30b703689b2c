"""The tracking page: works without JavaScript, prints, and keeps the second factor out of the address."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect

from postal import clock
from postal.errors import NotFound, PostalError, Unprocessable
from postal.http.limits import limited
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.web.rendering import page
from shipments.tracking import service
from shipments.tracking.schemas import TrackView, UnlockedView, unlocked_view, view

OPEN = {**ANYONE, **limited("tracking", 20, 60)}
TITLE = ("Tra cứu hồ sơ, bưu gửi", "Track a dossier or an item")

AskedCode = Annotated[str | None, QueryParameter(max_length=200)]


class DigitsForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the second form sends."""

    last4: Annotated[str, msgspec.Meta(max_length=20)] = ""


@get("/t", opt=OPEN, include_in_schema=False, summary="Tracking form")
async def ask(request: Request[Actor, Any, Any], code: AskedCode = None) -> Response[Any]:
    """Go to the page of a code, or show the form with what is wrong with it."""
    typed = (code or "").strip()
    if not typed:
        return _form(request, typed, None)
    try:
        return Redirect(f"/t/{quote(service.readable(typed), safe='')}", status_code=303)
    except Unprocessable as refused:
        return _form(request, typed, refused)


@get("/t/{code:str}", opt=OPEN, include_in_schema=False, summary="Tracking page of a code")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show where a dossier or an item stands."""
    try:
        tracked = await service.track(code, await clock.now())
    except (NotFound, Unprocessable) as refused:
        return _form(request, code, refused)
    return _answer(request, code, view(tracked), None)


@post(
    "/t/{code:str}",
    opt=OPEN,
    status_code=200,
    include_in_schema=False,
    summary="Tracking page with every step",
)
async def unlock(
    request: Request[Actor, Any, Any],
    code: FromPath[str],
    data: Annotated[DigitsForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Show every step to whoever knows the end of the phone number."""
    now = await clock.now()
    try:
        unlocked = unlocked_view(await service.unlock(code, data.last4.strip(), now))
    except (NotFound, Unprocessable) as refused:
        return _form(request, code, refused)
    return _answer(request, code, unlocked.track, unlocked)


def _answer(
    request: Request[Actor, Any, Any], code: str, tracked: TrackView, unlocked: UnlockedView | None
) -> Response[str]:
    return page(
        request,
        "tracking/answer.html",
        title=TITLE,
        headers={"Cache-Control": "no-store"},
        code=code,
        tracked=tracked,
        unlocked=unlocked,
    )


def _form(request: Request[Actor, Any, Any], typed: str, refused: PostalError | None) -> Response[str]:
    return page(
        request,
        "tracking/form.html",
        title=TITLE,
        status=refused.status if refused else 200,
        headers={"Cache-Control": "no-store"},
        typed=typed[:200],
        refused=refused,
    )


HANDLERS = (ask, show, unlock)
