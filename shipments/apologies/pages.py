"""Pages of apologies: what the head of an agency must see, one letter, and the public list."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import ANYONE, roles
from postal.identity.rules import Actor, Role
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need
from shipments.apologies import repository, service
from shipments.apologies.schemas import LetterText
from shipments.apologies.service import Edit, Signature
from shipments.dossiers.schemas import PaperNumber

READS = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR)
ACTS = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD)
SIGNS = roles(Role.AGENCY_HEAD)
ON_A_PAGE = 50
IN_THE_SECTION = 5
REFUSALS = (BadInput, Conflict, Forbidden, Unprocessable)

Typed = Annotated[str, msgspec.Meta(max_length=4_000)]


class SigningForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a button of the list sends."""

    dossier: Annotated[str, msgspec.Meta(max_length=64)] = ""


class LetterForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of one letter sends; `act` is save or sign."""

    act: Typed = ""
    reason: Typed = ""
    day: Typed = ""
    text_vi: Typed = ""
    text_en: Typed = ""
    override: Typed = ""
    override_reason: Typed = ""
    decision: Typed = ""


Signing = Annotated[SigningForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Lettering = Annotated[LetterForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/agency", opt=READS, include_in_schema=False, summary="Page: what the head of an agency must see")
async def show_agency(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show what will be late and whose step holds it, letters to sign, and the lists that must be empty."""
    return await _agency(request)


@post("/agency", opt=SIGNS, include_in_schema=False, summary="Page: sign a letter")
async def sign_from_list(request: Request[Actor, Any, Any], data: Signing) -> Response[Any]:
    """Sign one letter of the list."""
    try:
        await service.sign(data.dossier, Signature(), actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _agency(request, refused, data.dossier)
    return Redirect("/agency", status_code=303)


@get("/dossiers/{code:str}/apology", opt=READS, include_in_schema=False, summary="Page: a letter of apology")
async def show_letter(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show the letters of a dossier, and the form of the one that is drafted."""
    return await _letter(request, code)


@post(
    "/dossiers/{code:str}/apology", opt=ACTS, include_in_schema=False, summary="Page: draft or sign a letter"
)
async def act(request: Request[Actor, Any, Any], code: FromPath[str], data: Lettering) -> Response[Any]:
    """Save the draft; with the other button, sign it as well."""
    actor, now = request.user, await clock.now()
    await service.account_of(code, actor, now)
    try:
        change = Edit(
            reason=data.reason or None,
            due_new=await service.closing_on(code, _day(data.day), actor) if data.day else None,
            text_vi=_text(data.text_vi),
            text_en=_text(data.text_en),
        )
        await service.edit(code, change, actor=actor, now=now)
        if data.act == "sign":
            _refuse_unless_head(actor)
            await service.sign(code, _signature(data), actor=actor, now=now)
    except REFUSALS as refused:
        return await _letter(request, code, refused)
    return Redirect(f"/dossiers/{code}/apology", status_code=303)


@get("/apologies", opt=ANYONE, include_in_schema=False, summary="Page: apologies as anybody may see them")
async def show_public(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List the codes of dossiers for which an agency apologised, and their new dates."""
    since = await service.public_since(await clock.now())
    found = await repository.published(since, decode_cursor(cursor, tuple[datetime, UUID]), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "apologies/public.html",
        title=("Công khai xin lỗi", "Public apologies"),
        letters=shown,
        following=encode_cursor((last.at, last.row)) if last else None,
    )


async def _agency(
    request: Request[Actor, Any, Any], refused: PostalError | None = None, dossier: str = ""
) -> Response[str]:
    now = await clock.now()
    return page(
        request,
        "apologies/agency.html",
        title=("Việc của lãnh đạo cơ quan", "For the head of the agency"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        refused_dossier=dossier,
        desk=await service.desk_of(request.user, now),
        shown=service.SHOWN,
        now=now,
        may_sign=Role.AGENCY_HEAD in request.user.roles,
    )


async def _letter(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    account = await service.account_of(code, request.user, await clock.now())
    return page(
        request,
        "apologies/letter.html",
        title=(f"Văn bản xin lỗi {code}", f"Apology {code}"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        account=account,
        day_new=local_day(account.draft.due_new).isoformat()
        if account.draft and account.draft.due_new
        else "",
        may_edit=account.inside
        and not request.user.roles.isdisjoint({Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD}),
        may_sign=account.inside and Role.AGENCY_HEAD in request.user.roles,
    )


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as wrong:
        raise BadInput(
            "apology.day",
            vi="Ngày hẹn mới ghi theo dạng năm-tháng-ngày",
            en="State the new date as year-month-day",
            pointer="/day",
        ) from wrong


def _text(typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        return msgspec.convert(typed.strip(), LetterText)
    except msgspec.ValidationError as wrong:
        raise BadInput(
            "apology.text", vi="Nội dung quá dài", en="The text is too long", pointer="/text_vi"
        ) from wrong


def _signature(data: LetterForm) -> Signature:
    if not data.override:
        return Signature()
    try:
        decision = msgspec.convert(data.decision.strip(), PaperNumber) if data.decision.strip() else None
    except msgspec.ValidationError as wrong:
        raise BadInput(
            "apology.decision",
            vi="Số văn bản cho phép không đúng dạng",
            en="That is no number of a decision",
            pointer="/decision",
        ) from wrong
    return Signature(override=True, reason=data.override_reason or None, decision=decision)


def _refuse_unless_head(actor: Actor) -> None:
    if Role.AGENCY_HEAD not in actor.roles:
        raise Forbidden(
            "apology.head_signs",
            vi="Chỉ lãnh đạo cơ quan được ký văn bản xin lỗi; dự thảo đã được lưu",
            en="Only the head of the agency signs a letter of apology; the draft was kept",
        )


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:
    desk = await service.desk_of(actor, now, IN_THE_SECTION)
    if not (desk.near or desk.late or desk.drafts or desk.overdue):
        return None
    return {"desk": desk, "now": now, "shown": IN_THE_SECTION}


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    desk, shown = context["desk"], context["shown"]
    return tuple(
        Need(number=len(found), title=title, address="/agency", tone=tone, more=len(found) >= shown)
        for found, title, tone in (
            (desk.overdue, ("Quá hạn mà chưa xin lỗi", "Overdue without apology"), "bad"),
            (desk.drafts, ("Văn bản xin lỗi chờ ký", "Letters to sign"), "warn"),
            (desk.near, ("Sắp trễ", "Nearly late"), "warn"),
        )
    )


HOME_SECTIONS = (
    HomeSection(
        title=("Sắp trễ, xin lỗi và hẹn lại", "Nearly late, apologies"),
        template="apologies/section.html",
        load=_section,
        needs=_needs,
        roles=frozenset({Role.AGENCY_HEAD, Role.SPECIALIST, Role.DESK}),
    ),
)

PAGE_HANDLERS = (show_agency, sign_from_list, show_letter, act, show_public)
