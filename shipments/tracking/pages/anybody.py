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
from postal.http.addresses import public_base
from postal.http.limits import Limit, limited, spend
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.printing.barcodes import qr
from postal.web.rendering import page
from shipments.tracking import service
from shipments.tracking.rules import folded
from shipments.tracking.schemas import TrackView, UnlockedView, unlocked_view, view

OPEN = {**ANYONE, **limited("tracking", 20, 60)}
GUESSES = Limit("tracking-digits", 600, 60)
"""Second factors that everybody together may try: ten thousand codes with five tries each are worth guessing."""

TITLE = ("Tra cứu hồ sơ, bưu gửi", "Track a dossier or an item")
FRESH = {"Cache-Control": "no-store"}

AskedCode = Annotated[str | None, QueryParameter(max_length=200)]


class DigitsForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the second form sends."""

    last4: Annotated[str, msgspec.Meta(max_length=20)] = ""


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the box sends."""

    code: Annotated[str, msgspec.Meta(max_length=200)] = ""


@get("/t", opt=OPEN, include_in_schema=False, summary="Tracking form")
async def ask(request: Request[Actor, Any, Any], code: AskedCode = None) -> Response[Any]:
    """Go to the page of a code, or show the form with what is wrong with it."""
    return _lead(request, code or "")


@post("/t", opt=OPEN, status_code=200, include_in_schema=False, summary="Tracking box")
async def find(
    request: Request[Actor, Any, Any],
    data: Annotated[CodeForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Do the same for a box that posts."""
    return _lead(request, data.code)


@get("/t/{code:str}", opt=OPEN, include_in_schema=False, summary="Tracking page of a code")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Show where a dossier or an item stands."""
    meant = folded(code)
    try:
        tracked = await service.track(meant, await clock.now())
    except (NotFound, Unprocessable) as refused:
        return _form(request, meant, refused)
    return _answer(request, view(tracked), None)


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
    await spend(request, GUESSES, key="everybody")
    meant = folded(code)
    try:
        unlocked = unlocked_view(await service.unlock(meant, data.last4.strip(), await clock.now()))
    except (NotFound, Unprocessable) as refused:
        return _form(request, meant, refused)
    return _answer(request, unlocked.track, unlocked)


def small_qr(address: str) -> str:
    """Draw the code of an address, white behind in the dark too, of a size that a phone reads off a screen."""
    drawn = qr(address)
    side, large = f'width="{drawn.modules}" height="{drawn.modules}"', drawn.modules * 4
    ground = f'<rect width="{drawn.modules}" height="{drawn.modules}" fill="#fff"/><path'
    return drawn.svg.replace(side, f'width="{large}" height="{large}"', 1).replace("<path", ground, 1)


def _lead(request: Request[Actor, Any, Any], raw: str) -> Response[Any]:
    typed = folded(raw)
    if not typed:
        return _form(request, typed, None)
    try:
        return Redirect(f"/t/{quote(service.readable(typed), safe='')}", status_code=303)
    except Unprocessable as refused:
        return _form(request, typed, refused)


def _answer(
    request: Request[Actor, Any, Any], tracked: TrackView, unlocked: UnlockedView | None
) -> Response[str]:
    address = f"{public_base(request)}/t/{tracked.code}"
    return page(
        request,
        "tracking/answer.html",
        title=(f"Tra cứu {tracked.code}", f"Tracking {tracked.code}"),
        headers=FRESH,
        code=tracked.code,
        tracked=tracked,
        unlocked=unlocked,
        address=address,
        drawing=small_qr(address),
    )


def _form(request: Request[Actor, Any, Any], typed: str, refused: PostalError | None) -> Response[str]:
    return page(
        request,
        "tracking/form.html",
        title=TITLE,
        status=refused.status if refused else 200,
        headers=FRESH,
        typed=typed[:200],
        refused=refused,
        # Whoever has a dossier's code and its phone number needs no more: the agency's setting is about the code alone.
        unlockable=isinstance(refused, NotFound),
    )


HANDLERS = (ask, find, show, unlock)
