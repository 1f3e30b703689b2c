"""Pages of organisations: added, renamed, ended with a successor."""

from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from postal import clock
from postal.administration import service
from postal.administration.pages.forms import REFUSALS, Caller, fault, names_of, read, typed_of
from postal.administration.pages.index import GOVERNING
from postal.administration.pages.words import KIND_WORDS, LEVEL_WORDS
from postal.administration.rules import day_of
from postal.calendars import service as calendars
from postal.errors import BadInput, PostalError
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity import service as identity
from postal.network import service as network
from postal.network.rules import Organisation, local_day
from postal.network.schemas import CreateOrganisation
from postal.web.rendering import page

ON_A_PAGE = 50
FIELDS = ("code", "name", "kind", "level", "parent", "unit_code", "calendar", "valid_from", "address_public")

Search = Annotated[str | None, QueryParameter(max_length=100)]


@get("/admin/organisations", opt=GOVERNING, include_in_schema=False, summary="Page: organisations")
async def show_list(request: Caller, q: Search = None, cursor: PageCursor = None) -> Response[str]:
    """List the organisations that the caller governs."""
    after = decode_cursor(cursor, str)
    found = await service.organisations_of(request.user, q or None, after, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "administration/organisations.html",
        title=("Đơn vị", "Organisations"),
        organisations=shown,
        q=q or "",
        following=encode_cursor(shown[-1].code) if len(found) > ON_A_PAGE else None,
        today=local_day(await clock.now()),
        kind_words=KIND_WORDS,
        level_words=LEVEL_WORDS,
    )


@get("/admin/new-organisation", opt=GOVERNING, include_in_schema=False, summary="Page: a new organisation")
async def show_new(request: Caller) -> Response[str]:
    """Show an empty form."""
    today = local_day(await clock.now())
    empty = dict.fromkeys(FIELDS, "") | {
        "parent": request.user.organisation or "",
        "calendar": network.DEFAULT_CALENDAR,
        "valid_from": today.isoformat(),
    }
    return await _new(request, empty)


@post("/admin/new-organisation", opt=GOVERNING, include_in_schema=False, summary="Page: add an organisation")
async def add(request: Caller) -> Response[Any]:
    """Add an organisation below one that the caller governs."""
    typed = typed_of(await request.form(), *FIELDS)
    try:
        await _known_calendar(typed["calendar"])
        day = day_of(typed["valid_from"], "/valid_from")
        given = read({**typed, "valid_from": day}, CreateOrganisation)
        made = await network.create(
            given.organisation(network.DEFAULT_CALENDAR), actor=request.user, now=await clock.now()
        )
    except REFUSALS as refused:
        return await _new(request, typed, refused)
    return Redirect(f"/admin/organisations/{made.code}", status_code=303)


@get(
    "/admin/organisations/{code:str}", opt=GOVERNING, include_in_schema=False, summary="Page: an organisation"
)
async def show(request: Caller, code: FromPath[str]) -> Response[str]:
    """Show one organisation with what may be changed."""
    return await _one(request, await _governed(request, code))


@post(
    "/admin/organisations/{code:str}/change",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: rename an organisation",
)
async def change(request: Caller, code: FromPath[str]) -> Response[Any]:
    """Change name, calendar and public address."""
    found = await _governed(request, code)
    typed = typed_of(await request.form(), "name", "calendar", "address_public")
    try:
        await _known_calendar(typed["calendar"])
        given = read(
            {**typed, "code": code, "kind": found.kind, "level": found.level, "valid_from": found.valid_from},
            CreateOrganisation,
        )
        await network.change(
            code,
            name=given.name,
            calendar=given.calendar or found.calendar,
            address_public=given.address_public,
            actor=request.user,
            now=await clock.now(),
        )
    except REFUSALS as refused:
        return await _one(request, found, refused, typed)
    return Redirect(f"/admin/organisations/{code}", status_code=303)


@get(
    "/admin/organisations/{code:str}/end",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: before an organisation ends",
)
async def show_end(request: Caller, code: FromPath[str]) -> Response[str]:
    """Ask on which day it ends and who takes over."""
    found = await _governed(request, code)
    today = local_day(await clock.now())
    return _end(request, found, {"valid_to": today.isoformat(), "successor": ""})


@post(
    "/admin/organisations/{code:str}/end",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: let an organisation end",
)
async def end(request: Caller, code: FromPath[str]) -> Response[Any]:
    """End an organisation; its successor sees what it held."""
    found = await _governed(request, code)
    typed = typed_of(await request.form(), "valid_to", "successor")
    try:
        day: date | None = day_of(typed["valid_to"], "/valid_to")
        await network.close(
            code,
            valid_to=day,
            successor=typed["successor"] or None,
            actor=request.user,
            now=await clock.now(),
        )
    except REFUSALS as refused:
        return _end(request, found, typed, refused)
    return Redirect(f"/admin/organisations/{code}", status_code=303)


async def _governed(request: Caller, code: str) -> Organisation:
    await identity.require_governed(request.user, code)
    return await network.get(code)


async def _known_calendar(code: str) -> None:
    if code and code not in {one.code for one in await calendars.list_calendars()}:
        raise BadInput(
            "administration.calendar",
            vi="Hãy chọn một lịch làm việc trong danh sách",
            en="Choose a calendar of the list",
            pointer="/calendar",
        )


async def _new(request: Caller, typed: dict[str, str], refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "administration/new_organisation.html",
        title=("Thêm đơn vị", "New organisation"),
        status=refused.status if refused else 200,
        typed=typed,
        calendars=[one.code for one in await calendars.list_calendars()],
        kind_words=KIND_WORDS,
        level_words=LEVEL_WORDS,
        **fault(request, refused),
    )


async def _one(
    request: Caller,
    found: Organisation,
    refused: PostalError | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    stands = {"name": found.name, "calendar": found.calendar, "address_public": found.address_public or ""}
    return page(
        request,
        "administration/organisation.html",
        title=(f"Đơn vị {found.code}", f"Organisation {found.code}"),
        status=refused.status if refused else 200,
        one=found,
        typed=typed or stands,
        names=await names_of([found.parent, found.successor]),
        calendars=[one.code for one in await calendars.list_calendars()],
        kind_words=KIND_WORDS,
        level_words=LEVEL_WORDS,
        **fault(request, refused),
    )


def _end(
    request: Caller, found: Organisation, typed: dict[str, str], refused: PostalError | None = None
) -> Response[str]:
    return page(
        request,
        "administration/end_organisation.html",
        title=(f"Kết thúc đơn vị {found.code}", f"End organisation {found.code}"),
        status=refused.status if refused else 200,
        one=found,
        typed=typed,
        **fault(request, refused),
    )


PAGES = (show_list, show_new, add, show, change, show_end, end)
