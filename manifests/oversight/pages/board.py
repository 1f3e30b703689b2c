"""The board of discrepancies: columns of cases, each with the one next thing to do."""

from collections.abc import Awaitable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies import service as cases
from manifests.manifests.api import HANDLING
from manifests.oversight import service
from manifests.oversight.repository import Filter
from manifests.oversight.rules import Column, left_of
from manifests.reconciliation.pages.words import CLASS_WORDS, REASON_WORDS, TONES
from manifests.reconciliation.rules import EXCEPTIONS, LineClass
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.network import repository as network
from postal.web.rendering import page

WORKING = frozenset({Role.DESK, Role.CLERK, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK, Role.SYSTEM})
READERS = roles(*WORKING, Role.AGENCY_HEAD, Role.ADMIN, Role.CONTROL, Role.REGULATOR)
COLUMN_WORDS: dict[Column, tuple[str, str]] = {
    Column.NEW: ("Mới, chưa ai nhận", "New, nobody's"),
    Column.ASSIGNED: ("Đang xử lý", "Assigned"),
    Column.AWAITING: ("Chờ máy quét gửi", "Waiting for a device"),
    Column.OVERDUE: ("Quá hạn trả lời", "Overdue"),
    Column.RESOLVED: ("Giải quyết 7 ngày qua", "Settled in 7 days"),
}

OfOffice = Annotated[str | None, QueryParameter(max_length=64)]
OfClass = Annotated[str | None, QueryParameter(name="class", max_length=20)]
OnlyMine = Annotated[str | None, QueryParameter(max_length=5)]
OneColumn = Annotated[str | None, QueryParameter(max_length=20)]

Caller = Request[Actor, Any, Any]


@get("/board", opt=READERS, include_in_schema=False, summary="Page: board of discrepancies")
async def show(
    request: Caller,
    office: OfOffice = None,
    of_class: OfClass = None,
    mine: OnlyMine = None,
    column: OneColumn = None,
    cursor: PageCursor = None,
) -> Response[str]:
    """Show the cases of the caller's organisation by what they wait for."""
    asked = {"office": office, "class": of_class, "mine": mine, "column": column}
    return await _board(request, _kept(asked), cursor)


@post("/board/{discrepancy:uuid}/take", opt=HANDLING, include_in_schema=False, summary="Page: take a case on")
async def take(request: Caller, discrepancy: FromPath[UUID]) -> Response[Any]:
    """Give a case to the person who asks."""
    work = service.take(discrepancy, actor=request.user, now=await clock.now())
    return await _done(request, discrepancy, work)


@post(
    "/board/{discrepancy:uuid}/resolve", opt=HANDLING, include_in_schema=False, summary="Page: settle a case"
)
async def resolve(request: Caller, discrepancy: FromPath[UUID]) -> Response[Any]:
    """Settle a case by a reason that needs no proof; for any other the case has its own page."""
    await discrepancies.get(discrepancy, request.user)
    reason = str((await request.form()).get("resolution") or "")[:100]
    work = cases.resolve(discrepancy, reason, actor=request.user, now=await clock.now())
    return await _done(request, discrepancy, work)


@post("/board/{discrepancy:uuid}/swap", opt=HANDLING, include_in_schema=False, summary="Page: settle a swap")
async def settle(request: Caller, discrepancy: FromPath[UUID]) -> Response[Any]:
    """Settle every case of a swap at once."""
    work = cases.settle(discrepancy, actor=request.user, now=await clock.now())
    return await _done(request, discrepancy, work)


async def _done(request: Caller, discrepancy: UUID, work: Awaitable[Any]) -> Response[Any]:
    kept = _kept({name: request.query_params.get(name) for name in ("office", "class", "mine", "column")})
    try:
        await work
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _board(request, kept, None, refused, discrepancy)
    return Redirect(_address(kept), status_code=303)


def _kept(asked: dict[str, Any]) -> dict[str, str]:
    """Keep what was asked for and can be meant."""
    kept = {name: value.strip()[:64] for name, value in asked.items() if isinstance(value, str)}
    known: dict[str, set[str]] = {"class": set(LineClass), "column": set(Column)}
    return {name: value for name, value in kept.items() if value and value in known.get(name, {value})}


def _address(kept: dict[str, str], **more: str) -> str:
    query = urlencode({**kept, **more})
    return f"/board?{query}" if query else "/board"


async def _board(
    request: Caller,
    kept: dict[str, str],
    cursor: str | None,
    refused: PostalError | None = None,
    about: UUID | None = None,
) -> Response[str]:
    actor, now = request.user, await clock.now()
    wanted = Filter(
        office=kept.get("office"),
        line_class=kept.get("class"),
        assignee=(actor.person or "") if "mine" in kept else None,
        column=Column(kept["column"]) if "column" in kept else None,
    )
    after = decode_cursor(cursor, tuple[float, UUID])
    board = await service.board_of(actor, wanted, after=after, now=now)
    shown = [case for listed in board.columns for case in listed.cases]
    english = page_language(request.scope) == "en"
    return page(
        request,
        "oversight/board.html",
        title=("Bảng chênh lệch", "Board of discrepancies"),
        status=refused.status if refused else 200,
        live=actor.kind == "session",
        wide=True,
        refused=(refused.en if english else refused.vi) if refused else "",
        about=about if about in {case.id for case in shown} else None,
        board=board,
        kept=kept,
        now=now,
        address=_address,
        own=_address(kept),
        asked=_address(kept).removeprefix("/board"),
        next_page=lambda listed: _address(
            kept | {"column": listed.column.value}, cursor=encode_cursor(listed.following)
        ),
        left_of=left_of,
        may_work=actor.organisation is not None and bool(WORKING & actor.roles),
        names=await network.names_of({case.owner for case in shown}),
        column_words=COLUMN_WORDS,
        classes=[each for each in LineClass if each in EXCEPTIONS],
        class_words=CLASS_WORDS,
        reason_words=REASON_WORDS,
        tones=TONES,
    )


PAGES = (show, take, resolve, settle)
