"""Asking to be told on the personal view, and the page behind the link in each notice."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from integrations.notifications import repository, service
from integrations.notifications.pages.words import KINDS, OUTCOMES, STATES, SUBSCRIPTIONS
from integrations.notifications.rules import CHANNELS
from postal import clock
from postal.config import Settings
from postal.errors import Conflict, NotFound, TooMany, Unprocessable
from postal.http.language import page_language
from postal.http.limits import limited
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.web.rendering import page
from shipments.tracking import service as tracking
from shipments.tracking.pages.personal import back, personal_page, refusal
from shipments.tracking.rules import typed_token
from shipments.tracking.sections import TrackingSection

ASKING = {**ANYONE, **limited("notices", 10, 60)}
OPENING = {**ANYONE, **limited("notice-links", 30, 60)}
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
TITLE = ("Tin báo về hồ sơ", "Notices about a dossier")

Short = Annotated[str, msgspec.Meta(max_length=40)]


class AskingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the forms of the personal view send: a new address, or which one to end."""

    channel: Short = ""
    address: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    end: Short = ""


class LinkForm(msgspec.Struct, frozen=True, kw_only=True, rename={"one_click": "List-Unsubscribe"}):
    """What the page behind a link sends, or a mail program in one click (RFC 8058)."""

    act: Short = ""
    one_click: Short = ""


@post(
    "/t/l/{token:str}/notices",
    opt=ASKING,
    status_code=200,
    include_in_schema=False,
    summary="Page: ask to be told, or end it",
)
async def ask(
    request: Request[Actor, Any, Any],
    token: FromPath[str],
    data: Annotated[AskingForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Keep an address, or forget one; a webhook's secret is shown this once."""
    now = await clock.now()
    try:
        opened = await tracking.personal(token, now)
    except NotFound as refused:
        return refusal(request, refused)
    plain = typed_token(token) or ""
    if data.end:
        await service.end_own(opened.dossier, data.end, now)
        return back(plain, "ended")
    try:
        asked = await service.subscribe(
            opened.dossier,
            data.channel,
            data.address,
            page_language(request.scope),
            settings=request.app.state.settings,
            now=now,
        )
    except (Conflict, TooMany, Unprocessable) as refused:
        return await personal_page(request, token, refused, "notices")
    if asked.secret is None:
        return back(plain, "asked")
    return page(
        request,
        "notifications/secret.html",
        title=TITLE,
        headers=PRIVATE,
        secret=asked.secret,
        token=plain,
    )


@get("/n/{token:str}", opt=OPENING, include_in_schema=False, summary="Page: the link in a notice")
async def show(request: Request[Actor, Any, Any], token: FromPath[str]) -> Response[str]:
    """Show a button to confirm or to end: programs that look at links in mails must not do either."""
    return await _link(request, token)


@post("/n/{token:str}", opt=OPENING, status_code=200, include_in_schema=False, summary="Page: confirm or end")
async def act(
    request: Request[Actor, Any, Any],
    token: FromPath[str],
    data: Annotated[LinkForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Confirm, or end for good and forget the address."""
    now = await clock.now()
    try:
        if data.act == "end" or data.one_click == "One-Click":
            await service.end(token, now)
        elif data.act == "confirm":
            await service.confirm(token, now)
    except NotFound as refused:
        return refusal(request, refused)
    return await _link(request, token)


async def _link(request: Request[Actor, Any, Any], token: str) -> Response[str]:
    try:
        found = await service.find(token)
    except NotFound as refused:
        return refusal(request, refused)
    return page(
        request,
        "notifications/link.html",
        title=TITLE,
        headers=PRIVATE,
        subscription=found,
        token=typed_token(token),
        channels=CHANNELS,
    )


async def own_notices(dossier: str, _now: datetime, settings: Settings) -> dict[str, Any]:
    """Load who is told of a dossier and what became of each notice, for the personal view."""
    return {
        "subscriptions": [each for each, _ in await repository.live(dossier)],
        "notices": await repository.listed(dossier=dossier, limit=20),
        "offered": service.offered(settings),
        "channels": CHANNELS,
        "kinds": KINDS,
        "states": STATES,
        "outcomes": OUTCOMES,
        "standing": SUBSCRIPTIONS,
    }


HANDLERS = (ask, show, act)
TRACKING_SECTIONS = (
    TrackingSection(
        title=("Nhận tin báo", "Be told of news"),
        template="notifications/_section.html",
        load=own_notices,
        anchor="notices",
    ),
)
