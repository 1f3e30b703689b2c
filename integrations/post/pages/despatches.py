"""Pages of despatches: what was announced, what was answered, and where the two sides differ."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from integrations.post.repository import despatches as repository
from integrations.post.repository.despatches import Despatch
from integrations.post.rules.despatches import Direction
from integrations.post.rules.seeing import SEEING_DESPATCHES
from integrations.post.service import answering
from integrations.post.service.reading import seen
from postal import clock
from postal.errors import Conflict, Forbidden, PostalError
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.network import repository as network
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

ON_A_PAGE = 50
COUNTED = 100
RECEIVING = frozenset({Role.CLERK, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK, Role.DESK})

WORDS: dict[str, tuple[str, str]] = {
    "received": ("đã nhận", "received"),
    "missing": ("thiếu", "missing"),
    "extra": ("thừa", "extra"),
    "damaged": ("hư hỏng", "damaged"),
    "misrouted": ("lạc hướng", "misrouted"),
    "unverified": ("chưa kiểm từng cái", "not checked one by one"),
    "contested": ("hai bên cùng nhận", "claimed by two"),
    "awaiting_device": ("chờ máy quét", "waiting for a scanner"),
    "none": ("không nói đến", "not mentioned"),
}

REPLACES = (
    "Lần trả lời sau thay lần trước: bưu gửi mà lần sau không còn báo đã nhận thì lượt quét nhận được thu hồi.",
    "A later answer replaces the one before: the scan of what it no longer says was received is taken back.",
)


@get("/despatches", opt=roles(*SEEING_DESPATCHES), include_in_schema=False, summary="Page: despatches")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List what was announced between the person's organisation and partners of the post."""
    after = decode_cursor(cursor, tuple[datetime, UUID])
    found = await repository.page_of(request.user, after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "post/despatches.html",
        title=("Chuyến báo trước", "Announced despatches"),
        despatches=shown,
        names=await _names(shown),
        directions=Direction,
        following=encode_cursor((last.announced_at, last.id)) if last else None,
    )


@get(
    "/despatches/{despatch:uuid}",
    opt=roles(*SEEING_DESPATCHES),
    include_in_schema=False,
    summary="Page: a despatch",
)
async def show(request: Request[Actor, Any, Any], despatch: FromPath[UUID]) -> Response[str]:
    """Show a despatch to its giver and its receiver."""
    return await _despatch(request, despatch)


@post(
    "/despatches/{despatch:uuid}",
    opt=roles(*RECEIVING),
    include_in_schema=False,
    summary="Page: answer a despatch",
)
async def answer(request: Request[Actor, Any, Any], despatch: FromPath[UUID]) -> Response[Any]:
    """Let the answer go out as it stands."""
    await repository.get(despatch, request.user)
    try:
        await answering.ask(despatch, actor=request.user)
    except (Conflict, Forbidden) as refused:
        return await _despatch(request, despatch, refused)
    return Redirect(f"/despatches/{despatch}", status_code=303)


async def _despatch(
    request: Request[Actor, Any, Any], identifier: UUID, refused: PostalError | None = None
) -> Response[str]:
    gathered = await seen(identifier, actor=request.user, now=await clock.now())
    found = gathered.despatch
    receiver = found.direction is Direction.IN and found.receiver in request.user.sees
    return page(
        request,
        "post/despatch.html",
        title=(f"Chuyến {found.number}", f"Despatch {found.number}"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        despatch=found,
        names=await _names([found]),
        directions=Direction,
        answers=gathered.answers,
        differences=gathered.differences,
        ours=gathered.found,
        words=WORDS,
        replaces=REPLACES if found.direction is Direction.OUT else None,
        may_answer=receiver and not found.final and bool(request.user.roles & RECEIVING),
    )


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:
    del now
    number = await repository.count_expected(actor.sees, COUNTED) if actor.sees else 0
    return {"announced": number, "counted": COUNTED} if number else None


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    number = context["announced"]
    title = ("Chuyến đã báo trước, chưa nhận đủ", "Announced despatches not settled")
    return (Need(number=number, title=title, address="/despatches", more=number >= COUNTED),)


async def _names(despatches: list[Despatch]) -> dict[str, str]:
    return await network.names_of({party for each in despatches for party in (each.giver, each.receiver)})


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


HOME_SECTIONS = (
    HomeSection(
        title=("Chuyến báo trước", "Announced despatches"),
        template="post/section.html",
        load=_section,
        roles=RECEIVING,
        needs=_needs,
    ),
)

HANDLERS = (show_list, show, answer)
