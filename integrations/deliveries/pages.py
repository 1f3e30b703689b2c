"""Pages of deliveries: how things stand with each program of others, and what waits, failed, and is sent again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from integrations.deliveries import service
from integrations.deliveries.rules import REASONS, DestinationState, Selection, State
from postal import clock
from postal.administration.rules import day_of, last_moment
from postal.errors import BadInput, Conflict, PostalError
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.network.rules import start_of
from postal.web.navigation import NavigationLink
from postal.web.rendering import page

SEEING = frozenset({Role.ADMIN, Role.CONTROL, Role.REGULATOR})
SENDING = roles(Role.ADMIN)
ON_A_PAGE = 50

Caller = Request[Actor, Any, Any]

NAVIGATION = (
    NavigationLink(
        title=("Tin gửi phần mềm khác", "Messages to other programs"),
        address="/deliveries",
        roles=SEEING,
        aside=True,
    ),
)

KINDS = {
    "webhook": ("Webhook", "Webhook"),
    "portal": ("Cổng Dịch vụ công", "Public service portal"),
    "post": ("Bưu chính", "Post"),
    "epcis": ("EPCIS", "EPCIS"),
}
STATES = {
    "waiting": ("Chờ gửi", "Waits", ""),
    "behind": ("Chờ tin trước", "Waits for the one before", ""),
    "sending": ("Đang gửi", "Being sent", ""),
    "done": ("Đã gửi", "Sent", "good"),
    "skipped": ("Không cần gửi nữa", "Nothing to send any more", ""),
    "dead": ("Đã thôi gửi", "Given up", "bad"),
}
OUTCOMES = {
    "delivered": ("đã nhận", "taken"),
    "later": ("bên nhận báo chưa nhận được", "the receiver could not take it"),
    "refused": ("bên nhận từ chối", "refused by the receiver"),
    "gone": ("bên nhận không nhận nữa", "the receiver wants no more"),
    "unreached": ("không kết nối được", "no connection"),
    "unknown": ("không rõ đã đến hay chưa", "nobody knows whether it arrived"),
    "forbidden": ("địa chỉ không được phép gọi", "the address may not be called"),
    "unprepared": ("chưa lập được nội dung", "it could not be written"),
    "skipped": ("không còn gì để gửi", "nothing to send any more"),
}
CIRCUITS = {
    "closed": ("Đang gửi bình thường", "Works", "good"),
    "open": ("Tạm ngừng gọi", "Left alone for now", "warn"),
    "half_open": ("Đang thử lại", "Being tried again", "warn"),
}
STANDINGS = {"paused": ("Đã tạm dừng", "Paused", "warn"), "gone": ("Không nhận nữa", "Wants no more", "bad")}
WORDS: dict[str, Any] = {
    "kinds": KINDS,
    "states": STATES,
    "outcomes": OUTCOMES,
    "circuits": CIRCUITS,
    "standings": STANDINGS,
    "reasons": REASONS,
}
SHOWN = {
    "dead": (State.DEAD,),
    "waiting": (State.WAITING, State.BEHIND, State.SENDING),
    "done": (State.DONE, State.SKIPPED),
}


@get("/deliveries", opt=roles(*SEEING), include_in_schema=False, summary="Page: messages to other programs")
async def show_all(request: Caller, cursor: PageCursor = None) -> Response[str]:
    """List the programs that messages go to, with what waits and what was given up."""
    now = await clock.now()
    after = decode_cursor(cursor, tuple[str, str])
    found = await service.destinations_of(request.user, now, after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1].destination if len(found) > ON_A_PAGE else None
    return page(
        request,
        "deliveries/list.html",
        title=("Tin gửi phần mềm khác", "Messages to other programs"),
        destinations=shown,
        following=encode_cursor((last.code, str(last.id))) if last else None,
        **WORDS,
    )


@get(
    "/deliveries/{destination:uuid}",
    opt=roles(*SEEING),
    include_in_schema=False,
    summary="Page: messages to one program",
)
async def show(
    request: Caller, destination: FromPath[UUID], only: str | None = None, cursor: PageCursor = None
) -> Response[str]:
    """Show how things stand with a program, its messages and every try, and the form that sends again."""
    return await _shown(request, destination, only=only, before=decode_cursor(cursor, int))


@post(
    "/deliveries/{destination:uuid}/replay",
    opt=SENDING,
    include_in_schema=False,
    summary="Page: send messages again",
)
async def replay(request: Caller, destination: FromPath[UUID]) -> Response[Any]:
    """Send the chosen messages again, or those of some days, or all that were given up."""
    form = await request.form()
    typed = {name: str(form.get(name) or "").strip()[:40] for name in ("reason", "since", "until", "which")}
    try:
        chosen = _selection(typed, [str(each) for each in form.getall("message", [])])
        await service.replay(
            destination, chosen, actor=request.user, reason=typed["reason"], now=await clock.now()
        )
    except (BadInput, Conflict) as refused:
        return await _shown(request, destination, typed=typed, refused=refused)
    return Redirect(f"/deliveries/{destination}?only=waiting", status_code=303)


@post("/deliveries/{destination:uuid}/pause", opt=SENDING, include_in_schema=False, summary="Page: pause")
async def pause(request: Caller, destination: FromPath[UUID]) -> Redirect:
    """Let the messages of a program wait."""
    await service.pause(destination, actor=request.user, now=await clock.now())
    return Redirect(f"/deliveries/{destination}", status_code=303)


@post("/deliveries/{destination:uuid}/resume", opt=SENDING, include_in_schema=False, summary="Page: resume")
async def resume(request: Caller, destination: FromPath[UUID]) -> Redirect:
    """Let the messages of a program go out again at once."""
    await service.resume(destination, actor=request.user, now=await clock.now())
    return Redirect(f"/deliveries/{destination}", status_code=303)


async def _shown(
    request: Caller,
    destination: UUID,
    *,
    only: str | None = None,
    before: int | None = None,
    typed: dict[str, str] | None = None,
    refused: PostalError | None = None,
) -> Response[str]:
    now = await clock.now()
    state: DestinationState = await service.destination_of(destination, request.user, now)
    found = await service.listed_for(
        request.user,
        destination=destination,
        states=SHOWN.get(only or "", ()),
        before=before,
        limit=ON_A_PAGE + 1,
    )
    shown = found[:ON_A_PAGE]
    code = state.destination.code
    said = "" if refused is None else refused.en if page_language(request.scope) == "en" else refused.vi
    return page(
        request,
        "deliveries/destination.html",
        title=(f"Tin gửi {code}", f"Messages to {code}"),
        status=refused.status if refused else 200,
        state=state,
        messages=shown,
        only=only if only in SHOWN else "",
        following=encode_cursor(shown[-1].number) if len(found) > ON_A_PAGE else None,
        may_send=Role.ADMIN in request.user.roles,
        typed=typed or {"reason": "", "since": "", "until": "", "which": "dead"},
        refused=said,
        field=((refused.pointer if refused else None) or "/replay").strip("/"),
        **WORDS,
    )


def _selection(typed: dict[str, str], messages: list[str]) -> Selection:
    if typed["which"] == "chosen":
        try:
            ids = tuple(UUID(each) for each in messages)
        except ValueError:
            ids = ()
        if not ids:
            raise BadInput(
                "deliveries.none_chosen",
                vi="Chưa chọn tin nào trong bảng; hãy đánh dấu các tin cần gửi lại.",
                en="No message of the table is chosen; tick those to send again.",
                pointer="/which",
            )
        return Selection(ids=ids)
    since, until = day_of(typed["since"], "/since"), day_of(typed["until"], "/until")
    began: datetime | None = start_of(since) if since else None
    if typed["which"] == "range":
        return Selection(since=began, until=last_moment(until), states=("dead", "done"))
    return Selection(since=began, until=last_moment(until))


HANDLERS = (show_all, show, replay, pause, resume)
