"""Pages of requests of data subjects: the list with limits, and one with what can be done next."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, Gone, NotFound, PostalError, Unprocessable
from postal.files.vault import vault_of
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need
from shipments.privacy import repository, service
from shipments.privacy.repository import Wanted
from shipments.privacy.rules import Kind, State
from shipments.privacy.schemas import Correction

ON_A_PAGE = 50
IN_THE_SECTION = 10
TAKES = frozenset({Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL})
DOES = frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD})
HANDS = {"export", "complete", "erase", "correct"}
CORRECTED = ("name", "phone", "address", "email", "identity_type", "identity_number")
"""What only heads and supervisors do."""

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.ACCESS: ("Xem, cung cấp dữ liệu", "Access"),
    Kind.CORRECTION: ("Cải chính", "Correction"),
    Kind.ERASURE: ("Xóa", "Erasure"),
}
STATES: dict[State, tuple[str, str, str]] = {
    State.RECEIVED: ("Chờ xác minh người yêu cầu", "Who asks is to be identified", "warn"),
    State.VERIFIED: ("Đang thực hiện", "Being done", "warn"),
    State.DONE: ("Đã thực hiện", "Done", "good"),
    State.PARTLY: ("Đã thực hiện một phần", "Done in part", "good"),
    State.REFUSED: ("Từ chối", "Refused", "bad"),
}
FIELDS: dict[str, tuple[str, str]] = {
    "name": ("Họ, tên", "Name"),
    "phone": ("Điện thoại", "Telephone"),
    "address": ("Địa chỉ", "Address"),
    "email": ("Thư điện tử", "E-mail"),
    "identity_type": ("Loại giấy tờ (cccd, passport…)", "Kind of paper (cccd, passport…)"),
    "identity_number": ("Số giấy tờ", "Number of the paper"),
}
IDENTITIES: dict[str, tuple[str, str]] = {
    "cccd": ("Thẻ căn cước, CCCD", "Identity card"),
    "passport": ("Hộ chiếu", "Passport"),
    "vneid": ("Tài khoản VNeID", "VNeID account"),
    "giay_uy_quyen": ("Giấy ủy quyền kèm giấy tờ", "Written authority with a paper"),
}


@get(
    "/privacy-requests", opt=SIGNED_IN, include_in_schema=False, summary="Page: requests about personal data"
)
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List requests, and a form to take one."""
    return await _list(request, cursor)


@post("/privacy-requests", opt=SIGNED_IN, include_in_schema=False, summary="Page: take a request")
async def take(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Take a request at the counter."""
    form = await request.form()
    dossier, kind = str(form.get("dossier") or "").strip(), str(form.get("kind") or "")
    try:
        _refuse_without(TAKES, request.user)
        if kind not in list(Kind):
            raise BadInput(
                "privacy.form", vi="Hãy chọn loại yêu cầu", en="Choose what is asked for", pointer="/kind"
            )
        taken = await service.take(dossier, Kind(kind), actor=request.user, now=await clock.now())
    except (BadInput, Conflict, Forbidden, NotFound, Unprocessable) as refused:
        return await _list(request, None, refused)
    return Redirect(f"/privacy-requests/{taken.request.code}", status_code=303)


@get("/privacy-requests/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a request")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show one request: its limits, what the law keeps, what can be done."""
    return await _one(request, code)


@post(
    "/privacy-requests/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: act on a request"
)
async def act(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Do what one of the page's forms asks for."""
    form = await request.form()
    given = {
        name: str(form.get(name) or "").strip()
        for name in ("act", "identity", "reason", "partly", *CORRECTED)
    }
    await repository.get(code, request.user)
    try:
        return await _act(request, code, given)
    except (BadInput, Conflict, Forbidden, Gone, Unprocessable) as refused:
        return await _one(request, code, refused, given)


async def open_requests(actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Load the requests that wait; nothing where none does."""
    found = [
        one
        for state in (State.RECEIVED, State.VERIFIED)
        for one in await repository.page_of(actor, Wanted(state=state), None, IN_THE_SECTION)
    ]
    return {"asked": found, "now": now, "kinds": KINDS, "states": STATES} if found else None


async def _act(request: Request[Actor, Any, Any], code: str, given: dict[str, str]) -> Response[Any]:
    actor, now, wanted = request.user, await clock.now(), given["act"]
    _refuse_without(DOES if wanted in HANDS else TAKES, actor)
    if wanted == "verify" and given["identity"] in IDENTITIES:
        await service.verify(code, given["identity"], actor=actor, now=now)
    elif wanted == "refuse":
        await service.refuse(code, given["reason"], actor=actor, now=now)
    elif wanted == "export":
        return _export(request, await service.export(code, actor=actor, now=now))
    elif wanted == "complete":
        await service.complete(code, actor=actor, now=now)
    elif wanted == "correct":
        await service.correct(code, _correction(given), actor=actor, now=now)
    elif wanted == "erase":
        vault = vault_of(request.app.state.settings)
        await service.erase(code, partly=given["partly"] == "yes", vault=vault, actor=actor, now=now)
    else:
        raise Unprocessable("privacy.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")
    return Redirect(f"/privacy-requests/{code}", status_code=303)


def _correction(given: dict[str, str]) -> dict[str, str]:
    """Read what is right from the form; fields left empty stay as they are."""
    filled = {name: given[name] for name in CORRECTED if given[name]}
    try:
        read = msgspec.convert(filled, Correction)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`") or CORRECTED[0]
        words = FIELDS.get(name, FIELDS["name"])
        raise Unprocessable(
            "privacy.correction",
            vi=f"{words[0]} chưa đúng dạng; hãy nhập lại",
            en=f"{words[1]} is not written as it should be; type it again",
            pointer=f"/{name}",
        ) from error
    return {name: value for name, value in msgspec.structs.asdict(read).items() if value is not None}


def _export(request: Request[Actor, Any, Any], export: service.Export) -> Response[str]:
    return page(
        request,
        "privacy/export.html",
        title=("Dữ liệu đang lưu", "What is held"),
        headers={"Cache-Control": "no-store"},
        export=export,
    )


def _refuse_without(allowed: frozenset[Role], actor: Actor) -> None:
    if not allowed & actor.roles:
        raise Forbidden(
            "privacy.role",
            vi="Việc này do lãnh đạo hoặc kiểm soát viên của đơn vị thực hiện",
            en="This is done by the head or a supervisor",
        )


async def _list(
    request: Request[Actor, Any, Any], cursor: str | None, refused: PostalError | None = None
) -> Response[str]:
    after = decode_cursor(cursor, tuple[datetime, str])
    found = await repository.page_of(request.user, Wanted(), after, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    following = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "privacy/list.html",
        title=("Yêu cầu về dữ liệu cá nhân", "Requests about personal data"),
        status=refused.status if refused else 200,
        refused=refused,
        asked=shown,
        now=await clock.now(),
        may_take=bool(TAKES & request.user.roles),
        following=encode_cursor((following.received_at, following.code)) if following else None,
        kinds=KINDS,
        states=STATES,
    )


async def _one(
    request: Request[Actor, Any, Any],
    code: str,
    refused: PostalError | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    now, actor = await clock.now(), request.user
    reading = await service.read(code, actor=actor, now=now)
    reasons = await law.reasons_at(local_day(now))
    return page(
        request,
        "privacy/request.html",
        title=(f"Yêu cầu {code}", f"Request {code}"),
        status=refused.status if refused else 200,
        refused=refused,
        reading=reading,
        asked=reading.request,
        over=reading.retention.over_on(local_day(now)),
        reasons=[each for each in reasons if each.applies_to == "privacy"],
        may_take=bool(TAKES & actor.roles) and reading.request.ended_at is None,
        may_do=bool(DOES & actor.roles) and reading.request.state is State.VERIFIED,
        identities=IDENTITIES,
        kinds=KINDS,
        states=STATES,
        fields=FIELDS,
        typed=typed or {},
    )


PAGE_HANDLERS = (show_list, take, show, act)


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    number = len(context["asked"])
    title = ("Yêu cầu về dữ liệu chờ xử lý", "Data requests to deal with")
    return (Need(number=number, title=title, address="/privacy-requests", tone="warn"),)


HOME_SECTIONS = (
    HomeSection(
        title=("Yêu cầu về dữ liệu cá nhân", "Requests about personal data"),
        template="privacy/section.html",
        load=open_requests,
        needs=_needs,
        roles=TAKES,
    ),
)
