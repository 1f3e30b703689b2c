"""Pages of people: registered with a password for the first days, given roles by dates, let in again."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from postal import clock
from postal.administration import service
from postal.administration.pages.forms import (
    REFUSALS,
    Caller,
    confirmation,
    fault,
    granted,
    names_of,
    read,
    shown_once,
    typed_of,
)
from postal.administration.pages.index import MANAGING
from postal.administration.rules import day_of, first_moment, last_moment
from postal.administration.service import Scoped
from postal.errors import NotFound, PostalError
from postal.http.limits import forgive
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity import service as identity
from postal.identity.repository.people import HeldRole, Person
from postal.identity.schemas import AssignmentRequest, CreatePerson
from postal.identity.service import NewAssignment
from postal.network.rules import local_day
from postal.web.pages import BY_LOGIN, ROLE_NAMES
from postal.web.rendering import page

ON_A_PAGE = 50
NEW = ("code", "name", "login", "role", "organisation")
ROLE = ("role", "organisation", "valid_from", "valid_to")
A_DAY = timedelta(days=1)

OneOrganisation = Annotated[str | None, QueryParameter(max_length=64)]
OneCode = Annotated[str | None, QueryParameter(max_length=64)]


@get("/admin/people", opt=MANAGING, include_in_schema=False, summary="Page: people")
async def show_list(
    request: Caller, organisation: OneOrganisation = None, code: OneCode = None, cursor: PageCursor = None
) -> Response[str]:
    """List the people of the caller's scope."""
    wanted = Scoped(organisation=organisation or None, code=code or None)
    found = await service.people_of(request.user, wanted, decode_cursor(cursor, str), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "administration/people.html",
        title=("Nhân viên", "People"),
        people=shown,
        wanted=wanted,
        following=encode_cursor(shown[-1].code) if len(found) > ON_A_PAGE else None,
        now=await clock.now(),
        role_names=ROLE_NAMES,
    )


@get("/admin/new-person", opt=MANAGING, include_in_schema=False, summary="Page: a new person")
async def show_new(request: Caller) -> Response[str]:
    """Show an empty form."""
    return _new(request, dict.fromkeys(NEW, "") | {"organisation": request.user.organisation or ""})


@post("/admin/new-person", opt=MANAGING, include_in_schema=False, summary="Page: register a person")
async def add(request: Caller) -> Response[Any]:
    """Register a person; who signs in is given a password that is shown once."""
    typed = typed_of(await request.form(), *NEW)
    now = await clock.now()
    try:
        role = read({"role": typed["role"], "organisation": typed["organisation"]}, AssignmentRequest)
        given = read(
            {**{name: typed[name] for name in ("code", "name", "login")}, "assignments": [role]}, CreatePerson
        )
        password = await service.register_person(
            code=given.code,
            name=given.name,
            login=given.login,
            role=NewAssignment(role.role, role.organisation),
            actor=request.user,
            now=now,
        )
    except REFUSALS as refused:
        return _new(request, typed, refused)
    back = f"/admin/people/{given.code}"
    if password is None:
        return Redirect(back, status_code=303)
    return shown_once(
        request,
        title=("Đã thêm nhân viên", "The person is registered"),
        about=given.code,
        back=back,
        secret=password,
        until=now + service.GOOD_FOR,
    )


@get("/admin/people/{code:str}", opt=MANAGING, include_in_schema=False, summary="Page: a person")
async def show(request: Caller, code: FromPath[str]) -> Response[str]:
    """Show a person with the roles in the caller's scope."""
    return await _one(request, await identity.get_person(code, request.user))


@post(
    "/admin/people/{code:str}/assignments", opt=MANAGING, include_in_schema=False, summary="Page: give a role"
)
async def assign(request: Caller, code: FromPath[str]) -> Response[Any]:
    """Give a person a further role, from a day, until the end of another."""
    found = await identity.get_person(code, request.user)
    typed = typed_of(await request.form(), *ROLE)
    now = await clock.now()
    try:
        role = read({"role": typed["role"], "organisation": typed["organisation"]}, AssignmentRequest)
        wanted = NewAssignment(
            role.role,
            role.organisation,
            first_moment(day_of(typed["valid_from"], "/valid_from"), now),
            last_moment(day_of(typed["valid_to"], "/valid_to")),
        )
        await identity.assign(code, wanted, actor=request.user, now=now)
    except REFUSALS as refused:
        return await _one(request, found, refused, typed)
    return Redirect(f"/admin/people/{code}", status_code=303)


@get(
    "/admin/people/{code:str}/assignments/{assignment:uuid}/end",
    opt=MANAGING,
    include_in_schema=False,
    summary="Page: before a role ends",
)
async def show_end(request: Caller, code: FromPath[str], assignment: FromPath[UUID]) -> Response[str]:
    """Ask before a role ends."""
    return _ending(request, code, await _held(request, code, assignment))


@post(
    "/admin/people/{code:str}/assignments/{assignment:uuid}/end",
    opt=MANAGING,
    include_in_schema=False,
    summary="Page: end a role",
)
async def end(request: Caller, code: FromPath[str], assignment: FromPath[UUID]) -> Response[Any]:
    """End a role at once."""
    held = await _held(request, code, assignment)
    try:
        await identity.end_assignment(code, assignment, None, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return _ending(request, code, held, refused)
    return Redirect(f"/admin/people/{code}", status_code=303)


@get(
    "/admin/people/{code:str}/password",
    opt=MANAGING,
    include_in_schema=False,
    summary="Page: before a new password",
)
async def show_reset(request: Caller, code: FromPath[str]) -> Response[str]:
    """Ask before another password is made."""
    return _resetting(request, await identity.get_person(code, request.user))


@post(
    "/admin/people/{code:str}/password",
    opt=MANAGING,
    include_in_schema=False,
    summary="Page: make a new password",
)
async def reset(request: Caller, code: FromPath[str]) -> Response[str]:
    """Make another password and show it once."""
    found = await identity.get_person(code, request.user)
    now = await clock.now()
    try:
        password = await service.reset_password(code, actor=request.user, now=now)
    except REFUSALS as refused:
        return _resetting(request, found, refused)
    return shown_once(
        request,
        title=("Mật khẩu tạm", "Temporary password"),
        about=code,
        back=f"/admin/people/{code}",
        secret=password,
        until=now + service.GOOD_FOR,
    )


@post(
    "/admin/people/{code:str}/unlock", opt=MANAGING, include_in_schema=False, summary="Page: unlock sign-in"
)
async def unlock(request: Caller, code: FromPath[str]) -> Response[Any]:
    """Let a person sign in again at once after too many wrong attempts."""
    found = await identity.get_person(code, request.user)
    try:
        login = await identity.unlock(code, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _one(request, found, refused)
    await forgive(request, BY_LOGIN, login)
    return Redirect(f"/admin/people/{code}", status_code=303)


async def _held(request: Caller, code: str, assignment: UUID) -> HeldRole:
    found = await identity.get_person(code, request.user)
    for one in found.assignments:
        if one.id == assignment:
            return one
    raise NotFound("identity.assignment_not_found", vi="Không có phân công này", en="No such assignment")


def _new(request: Caller, typed: dict[str, str], refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "administration/new_person.html",
        title=("Thêm nhân viên", "New person"),
        status=refused.status if refused else 200,
        typed=typed,
        granted=granted(request),
        **fault(request, refused),
    )


async def _one(
    request: Caller, found: Person, refused: PostalError | None = None, typed: dict[str, str] | None = None
) -> Response[str]:
    now = await clock.now()
    fresh = {
        "role": "",
        "organisation": request.user.organisation or "",
        "valid_from": local_day(now).isoformat(),
        "valid_to": "",
    }
    return page(
        request,
        "administration/person.html",
        title=(f"Nhân viên {found.code}", f"Person {found.code}"),
        status=refused.status if refused else 200,
        one=found,
        now=now,
        a_day=A_DAY,
        typed=typed or fresh,
        granted=granted(request),
        role_names=ROLE_NAMES,
        names=await names_of([role.organisation for role in found.assignments]),
        **fault(request, refused),
    )


def _ending(request: Caller, code: str, held: HeldRole, refused: PostalError | None = None) -> Response[str]:
    return confirmation(
        request,
        title=("Kết thúc vai trò", "End a role"),
        about=f"{code}, {held.organisation}",
        role=ROLE_NAMES[held.role],
        consequence=(
            "Có hiệu lực ngay. Việc đã làm đến nay vẫn giữ nguyên giá trị.",
            "It takes effect at once. What was done until now stays valid.",
        ),
        action=f"/admin/people/{code}/assignments/{held.id}/end",
        back=f"/admin/people/{code}",
        refused=refused,
    )


def _resetting(request: Caller, found: Person, refused: PostalError | None = None) -> Response[str]:
    return confirmation(
        request,
        title=("Cấp mật khẩu mới", "A new password"),
        about=found.code,
        consequence=(
            "Mật khẩu cũ hết dùng được và mọi phiên đăng nhập của người này kết thúc ngay.",
            "The old password ends, and so does every session of this person, at once.",
        ),
        action=f"/admin/people/{found.code}/password",
        back=f"/admin/people/{found.code}",
        refused=refused,
    )


PAGES = (show_list, show_new, add, show, assign, show_end, end, show_reset, reset, unlock)
