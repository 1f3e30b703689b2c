"""Pages of programs of others: registered, changed, paused, ended; their secrets shown once."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from integrations.partners import repository, service
from integrations.partners.rules import ADMINISTERING, SEEING, NewPartner, Partner, PartnerChange, PartnerKind
from postal import clock
from postal.administration.pages.forms import REFUSALS, fault, names_of, read, typed_of
from postal.errors import BadInput, PostalError, Unprocessable
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.web.rendering import page

Caller = Request[Actor, Any, Any]
ON_A_PAGE = 50
FIELDS = ("code", "kind", "organisation", "name", "url", "settings")
GOVERNING = roles(*ADMINISTERING)
READING = roles(*SEEING)

KINDS: dict[str, tuple[str, str]] = {
    "agency": ("Phần mềm Một cửa", "One-stop system"),
    "portal": ("Cổng Dịch vụ công", "Public service portal"),
    "post": ("Hệ thống bưu chính", "The post's system"),
    "epcis": ("Đối tác EPCIS", "EPCIS partner"),
}
STATES: dict[str, tuple[str, str, str]] = {
    "active": ("Đang hoạt động", "Active", "good"),
    "paused": ("Tạm dừng", "Paused", "warn"),
    "ended": ("Đã ngừng hẳn", "Ended", "bad"),
}
DIRECTIONS: dict[str, tuple[str, str]] = {
    "inbound": ("Đối tác ký tin gửi đến", "They sign what they send"),
    "outbound": ("Ta ký tin gửi đi", "We sign what we send"),
}


@get("/partners", opt=READING, include_in_schema=False, summary="Page: partners")
async def show_list(request: Caller, cursor: PageCursor = None) -> Response[str]:
    """List the programs of others that speak for organisations of the caller's scope."""
    found = await service.list_partners(request.user, decode_cursor(cursor, str), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "partners/list.html",
        title=("Phần mềm đối tác", "Partners' programs"),
        partners=shown,
        following=encode_cursor(shown[-1].code) if len(found) > ON_A_PAGE else None,
        names=await names_of([one.organisation for one in shown]),
        kinds=KINDS,
        states=STATES,
        may=Role.ADMIN in request.user.roles,
    )


@get("/new-partner", opt=GOVERNING, include_in_schema=False, summary="Page: a new partner")
async def show_new(request: Caller) -> Response[str]:
    """Show an empty form."""
    return _new(request, {**dict.fromkeys(FIELDS, ""), "organisation": request.user.organisation or ""})


@post("/new-partner", opt=GOVERNING, include_in_schema=False, summary="Page: register a partner")
async def add(request: Caller) -> Response[Any]:
    """Register a partner and show its secrets once."""
    typed = typed_of(await request.form(), *FIELDS)
    try:
        given = read({**typed, "settings": _settings(typed["settings"])}, NewPartner)
        issued = await service.create(given, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return _new(request, typed, refused)
    shown = [("inbound", issued.inbound), ("outbound", issued.outbound)]
    return _secrets(request, issued.partner, shown)


@get("/partners/{partner:str}", opt=READING, include_in_schema=False, summary="Page: a partner")
async def show(request: Caller, partner: FromPath[str]) -> Response[str]:
    """Show one partner, and until when its secrets count."""
    return await _one(request, await service.get(partner, request.user))


@post(
    "/partners/{partner:str}/change", opt=GOVERNING, include_in_schema=False, summary="Page: change a partner"
)
async def change(request: Caller, partner: FromPath[str]) -> Response[Any]:
    """Change the name, address or settings of a partner."""
    found = await service.get(partner, request.user)
    typed = typed_of(await request.form(), "name", "url", "settings")
    try:
        given = read({**typed, "settings": _settings(typed["settings"])}, PartnerChange)
        await service.change(partner, given, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _one(request, found, refused, typed)
    return Redirect(f"/partners/{partner}", status_code=303)


@post(
    "/partners/{partner:str}/state",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: pause or end a partner",
)
async def set_state(request: Caller, partner: FromPath[str]) -> Response[Any]:
    """Pause a partner, let it go on, or end it for good, with the reason."""
    found = await service.get(partner, request.user)
    typed = typed_of(await request.form(), "state", "why")
    now = await clock.now()
    try:
        if typed["state"] == "ended":
            await service.end(partner, typed["why"], actor=request.user, now=now)
        else:
            await service.change(partner, read(typed, PartnerChange), actor=request.user, now=now)
    except REFUSALS as refused:
        return await _one(request, found, refused)
    return Redirect(f"/partners/{partner}", status_code=303)


@post(
    "/partners/{partner:str}/rotate",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: a new secret of a partner",
)
async def rotate(request: Caller, partner: FromPath[str]) -> Response[Any]:
    """Make a new secret, show it once; the one before it counts for some hours more."""
    found = await service.get(partner, request.user)
    typed = typed_of(await request.form(), "direction", "hours")
    now = await clock.now()
    try:
        if typed["direction"] not in DIRECTIONS or not (
            typed["hours"].isascii() and typed["hours"].isdigit()
        ):
            raise _unreadable("/hours")
        until = now + timedelta(hours=int(typed["hours"][:6]))
        direction = msgspec.convert(typed["direction"], service.Direction)
        issued = await service.rotate(partner, direction, until, actor=request.user, now=now)
    except REFUSALS as refused:
        return await _one(request, found, refused)
    shown = [(direction, issued.inbound or issued.outbound)]
    return _secrets(request, found, shown)


def _settings(typed: str) -> dict[str, Any]:
    """Read settings that were typed as JSON; nothing typed is none."""
    try:
        return msgspec.json.decode(typed or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unprocessable(
            "partner.settings_json",
            vi="Phần thiết lập phải là một đối tượng JSON, ví dụ {}",
            en="The settings must be a JSON object, such as {}",
            pointer="/settings",
        ) from error


def _unreadable(pointer: str) -> BadInput:
    return BadInput(
        "partner.form",
        vi="Hãy chọn loại khóa và ghi số giờ khóa cũ còn dùng",
        en="Choose which secret, and for how many hours the old one counts",
        pointer=pointer,
    )


def _new(request: Caller, typed: dict[str, str], refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "partners/new.html",
        title=("Thêm phần mềm đối tác", "New partner"),
        status=refused.status if refused else 200,
        typed=typed,
        kinds={kind.value: KINDS[kind] for kind in PartnerKind},
        **fault(request, refused),
    )


async def _one(
    request: Caller,
    found: Partner,
    refused: PostalError | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    settings = msgspec.json.format(msgspec.json.encode(found.settings), indent=2).decode()
    return page(
        request,
        "partners/one.html",
        title=(f"Đối tác {found.code}", f"Partner {found.code}"),
        status=refused.status if refused else 200,
        one=found,
        typed=typed or {"name": found.name, "url": found.url or "", "settings": settings},
        settings=settings,
        secrets=await repository.secrets_of(found.id, await clock.now()),
        names=await names_of([found.organisation]),
        kinds=KINDS,
        states=STATES,
        directions=DIRECTIONS,
        may=Role.ADMIN in request.user.roles and found.state != "ended",
        **fault(request, refused),
    )


def _secrets(request: Caller, partner: Partner, shown: list[tuple[str, str | None]]) -> Response[str]:
    return page(
        request,
        "partners/secret.html",
        title=("Khóa ký mới", "New secrets"),
        headers={"Cache-Control": "no-store"},
        one=partner,
        shown=[(DIRECTIONS[direction], secret) for direction, secret in shown],
    )


PAGES = (show_list, show_new, add, show, change, set_state, rotate)
