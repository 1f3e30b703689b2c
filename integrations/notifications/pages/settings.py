"""One's own page: to be told by mail of what one's desk must act on."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from integrations.notifications import repository, service
from integrations.notifications.pages.words import OUTCOMES, STATES, SUBSCRIPTIONS
from integrations.notifications.rules import RHYTHMS, STAFF_KINDS, Channel
from postal import clock
from postal.errors import Forbidden, PostalError, TooMany, Unprocessable
from postal.http.language import page_language
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.web.rendering import page

Caller = Request[Actor, Any, Any]
ADDRESS = "/notices/settings"
TITLE = ("Nhận tin công việc", "Messages about my work")


@get(ADDRESS, opt=SIGNED_IN, include_in_schema=False, summary="Page: messages about my work")
async def show(request: Caller) -> Response[str]:
    """Show what the caller chose, and what was sent."""
    try:
        return await _page(request)
    except Forbidden as refused:
        return page(
            request, "notifications/settings.html", title=TITLE, status=403, refused=refused, setting=None,
            person=False,
        )  # fmt: skip


@post(
    ADDRESS,
    opt=SIGNED_IN,
    status_code=200,
    include_in_schema=False,
    summary="Page: choose messages about my work",
)
async def choose(request: Caller) -> Response[Any]:
    """Keep a choice, or end it."""
    form = await request.form()
    now = await clock.now()
    wanted = service.Wanted(
        address=str(form.get("address") or "").strip()[:400],
        rhythm=str(form.get("rhythm") or ""),
        kinds=tuple(str(each) for each in form.getall("kinds", [])[:20]),
        quiet_from=_hour(form.get("quiet_from")),
        quiet_until=_hour(form.get("quiet_until")),
    )
    try:
        if form.get("act") == "end":
            await service.leave(actor=request.user, now=now)
        else:
            await service.choose(
                wanted,
                page_language(request.scope),
                actor=request.user,
                settings=request.app.state.settings,
                now=now,
            )
    except (Unprocessable, TooMany) as refused:
        return await _page(request, refused)
    except Forbidden as refused:
        return page(
            request, "notifications/settings.html", title=TITLE, status=403, refused=refused, setting=None,
            person=False,
        )  # fmt: skip
    return Redirect(f"{ADDRESS}?done=1", status_code=303)


async def _page(request: Caller, refused: PostalError | None = None) -> Response[str]:
    setting = await service.own_setting(request.user)
    settings = request.app.state.settings
    return page(
        request,
        "notifications/settings.html",
        title=TITLE,
        status=refused.status if refused else 200,
        refused=refused,
        field=(refused.pointer or "/form")[1:] if refused else "",
        person=True,
        done=request.query_params.get("done") == "1" and refused is None,
        setting=setting,
        address=await service.address_of(setting, settings) if setting else "",
        offered=Channel.EMAIL in service.offered(settings),
        kinds=STAFF_KINDS,
        rhythms=RHYTHMS,
        hours=range(24),
        told=await repository.staff_notices(request.user.person or ""),
        states=STATES,
        outcomes=OUTCOMES,
        standing=SUBSCRIPTIONS,
    )


def _hour(given: Any) -> int:
    text = str(given or "")
    return int(text) if text.isdecimal() and len(text) <= 2 else -1


HANDLERS = (show, choose)
