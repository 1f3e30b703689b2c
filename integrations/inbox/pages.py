"""Pages of the inbox: what partners sent, what became of each row, and having it understood again."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from integrations.inbox import service
from integrations.inbox.rules import SEEING
from integrations.inbox.rules import STATES as KNOWN
from integrations.partners.rules import ADMINISTERING
from postal import clock
from postal.administration.pages.forms import typed_of
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.web.rendering import page

Caller = Request[Actor, Any, Any]
GOVERNING = roles(*ADMINISTERING)
ON_A_PAGE = 50
ROWS_SHOWN = 500
MANY_RUNNING = 50

STATES: dict[str, tuple[str, str, str]] = {
    "waiting": ("Đang chờ", "Waiting", "warn"),
    "done": ("Đã xử lý", "Done", "good"),
    "partly": ("Một phần có lỗi", "Partly done", "warn"),
    "failed": ("Lỗi, cần xem", "Failed", "bad"),
}

OfPartner = Annotated[str, QueryParameter(max_length=64)]
InState = Annotated[str, QueryParameter(name="state", max_length=20)]


@get("/inbox", opt=roles(*SEEING), include_in_schema=False, summary="Page: messages of partners")
async def show_list(
    request: Caller, partner: OfPartner = "", in_state: InState = "", cursor: PageCursor = None
) -> Response[str]:
    """List messages of partners that speak for organisations of the caller's scope, newest first."""
    found = await service.list_messages(
        request.user,
        partner=partner.strip() or None,
        state=in_state if in_state in KNOWN else None,
        before=decode_cursor(cursor, int),
        limit=ON_A_PAGE + 1,
    )
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "inbox/list.html",
        title=("Tin đối tác gửi đến", "Messages of partners"),
        messages=shown,
        partner=partner.strip(),
        state=in_state,
        states=STATES,
        following=encode_cursor(shown[-1].message.seq) if len(found) > ON_A_PAGE else None,
        may=Role.ADMIN in request.user.roles,
    )


@get("/inbox/{message:uuid}", opt=roles(*SEEING), include_in_schema=False, summary="Page: a message")
async def show(request: Caller, message: UUID) -> Response[str]:
    """Show what became of a message; its content is for whoever administers the organisation, and each look noted."""
    found = await service.get(message, request.user)
    results = found.message.results[:ROWS_SHOWN]
    return page(
        request,
        "inbox/one.html",
        title=("Tin của đối tác", "A message of a partner"),
        one=found.message,
        partner=found.partner,
        tries=found.tries[-MANY_RUNNING:],
        columns=sorted({name for row in results for name in row}),
        results=results,
        more=len(found.message.results) - len(results),
        states=STATES,
        may=Role.ADMIN in request.user.roles and found.message.erased_at is None,
    )


@post(
    "/inbox/{message:uuid}/replay",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: understand a message again",
)
async def replay(request: Caller, message: UUID) -> Redirect:
    """Have a message understood again, after a fix."""
    await service.replay(message, actor=request.user, now=await clock.now())
    return Redirect(f"/inbox/{message}", status_code=303)


@post(
    "/inbox/replay", opt=GOVERNING, include_in_schema=False, summary="Page: understand all that failed again"
)
async def replay_failed(request: Caller) -> Redirect:
    """Have all that failed of a partner understood again."""
    typed = typed_of(await request.form(), "partner")
    await service.replay_many(typed["partner"], state="failed", actor=request.user, now=await clock.now())
    return Redirect(f"/inbox?partner={typed['partner']}", status_code=303)


PAGES = (show_list, show, replay, replay_failed)
