"""The page of orders to collect at home: whom to go to today, who goes, and what is given up."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect

from integrations.post.repository import orders as repository
from integrations.post.rules.orders import (
    ASSIGNED,
    CANCEL_REASONS,
    CANCELLED,
    STATES,
    UNASSIGNED,
    Order,
    may,
)
from integrations.post.rules.seeing import SEEING_ORDERS, SHOWN
from integrations.post.service import orders as service
from postal import clock
from postal.errors import Conflict, Forbidden, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.network import repository as network
from postal.web.rendering import page

ON_A_PAGE = 50
LONGEST_COURIER = 35


@get("/orders", opt=roles(*SEEING_ORDERS), include_in_schema=False, summary="Page: orders to collect at home")
async def show(
    request: Request[Actor, Any, Any], cursor: PageCursor = None, which: str = "open"
) -> Response[str]:
    """List the orders of the person's office or agency, those that wait longest first."""
    return await _list(request, decode_cursor(cursor, tuple[datetime, str]), which)


@post(
    "/orders/{code:str}",
    opt=roles(Role.CLERK, Role.SUPERVISOR, Role.POST_DESK),
    include_in_schema=False,
    summary="Page: act on an order",
)
async def act(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Send a courier, take the order back, or give the collection up."""
    await repository.get(code, request.user)
    form = await request.form()
    try:
        await _act(code, form, request.user, await clock.now())
    except (Conflict, Forbidden, Unprocessable) as refused:
        return await _list(request, None, "open", refused)
    return Redirect("/orders", status_code=303)


async def _act(code: str, form: FormMultiDict, actor: Actor, now: datetime) -> None:
    asked = str(form.get("act") or "")
    if asked == "assign":
        courier = str(form.get("courier") or "").strip()[:LONGEST_COURIER] or None
        await service.assign(code, courier, actor=actor, now=now)
    elif asked == "unassign":
        await service.unassign(code, actor=actor, now=now)
    elif asked == "cancel":
        await service.cancel(code, str(form.get("reason") or ""), actor=actor, now=now)
    else:
        raise Unprocessable("post.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")


async def _list(
    request: Request[Actor, Any, Any],
    after: tuple[datetime, str] | None,
    state: str,
    refused: PostalError | None = None,
) -> Response[str]:
    chosen = state if state in SHOWN else "open"
    found = await repository.page_of(request.user, states=SHOWN[chosen], after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    people = await service.people_of(shown, request.user)
    return page(
        request,
        "post/orders.html",
        title=("Đơn gom tại nhà", "Collections at home"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        # Neighbours stand together, so that one walk serves them; without the right to see people there is no order.
        orders=sorted(shown, key=lambda order: _where(people, order)) if chosen == "open" else shown,
        people={code: form.form for code, form in people.items()},
        names=await network.names_of({party for o in shown for party in (o.office, o.agency)}),
        states=STATES,
        reasons=CANCEL_REASONS,
        chosen=chosen,
        acts={order.code: _acts(order, request.user) for order in shown},
        following=encode_cursor((last.registered_at, last.code)) if last else None,
    )


def _where(people: dict[str, Any], order: Order) -> tuple[str, ...]:
    sender = ((people[order.code].form or {}) if order.code in people else {}).get("sender") or {}
    return tuple(str(sender.get(part) or "") for part in ("province", "district", "address"))


def _acts(order: Order, actor: Actor) -> set[str]:
    if order.office not in actor.sees or not actor.roles & service.WORKS:
        return set()
    kinds = {"assign": ASSIGNED, "unassign": UNASSIGNED, "cancel": CANCELLED}
    return {name for name, kind in kinds.items() if may(kind, order.state)}


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


HANDLERS = (show, act)
