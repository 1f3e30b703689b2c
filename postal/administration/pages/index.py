"""The first page of administration, what it is on the start page, and everybody's own password."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post

from postal import clock
from postal.administration.pages.forms import REFUSALS, Caller, fault
from postal.errors import PostalError, Unprocessable
from postal.identity import service as identity
from postal.identity.access import SIGNED_IN, roles
from postal.identity.repository.people import find_credentials
from postal.identity.rules import Actor, Role
from postal.law.service import EDITORS
from postal.web.rendering import page
from postal.web.sections import HomeSection

MANAGING = roles(Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD)
GOVERNING = roles(Role.ADMIN)


@get("/admin", opt=MANAGING, include_in_schema=False, summary="Page: administration")
async def show_index(request: Caller) -> Response[str]:
    """Show what the caller may administer."""
    return page(
        request,
        "administration/index.html",
        title=("Quản trị", "Administration"),
        governs=Role.ADMIN in request.user.roles,
        leads=Role.AGENCY_HEAD in request.user.roles,
        edits=bool(frozenset(EDITORS) & request.user.roles),
    )


@get("/account/password", opt=SIGNED_IN, include_in_schema=False, summary="Page: my password")
async def show_password(request: Caller) -> Response[str]:
    """Show the form for one's own password."""
    return await _password(request)


@post("/account/password", opt=SIGNED_IN, include_in_schema=False, summary="Page: change my password")
async def change_password(request: Caller) -> Response[str]:
    """Change one's own password; every session ends, this one too."""
    form = await request.form()
    given = {name: str(form.get(name) or "")[:256] for name in ("current", "password")}
    try:
        if request.user.person is None:
            raise Unprocessable(
                "identity.no_login", vi="Khóa truy cập không có mật khẩu", en="An access key has no password"
            )
        await identity.set_password(
            request.user.person,
            given["password"],
            given["current"],
            actor=request.user,
            now=await clock.now(),
        )
    except REFUSALS as refused:
        return await _password(request, refused)
    return page(request, "administration/changed.html", title=("Đã đổi mật khẩu", "Password changed"))


async def _password(request: Caller, refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "administration/password.html",
        title=("Đổi mật khẩu", "Change password"),
        status=refused.status if refused else 200,
        until=await _ends(request.user),
        **fault(request, refused),
    )


async def _ends(actor: Actor) -> datetime | None:
    found = await find_credentials(person=actor.person) if actor.person else None
    return found.password_expires_at if found else None


async def _own(actor: Actor, now: datetime) -> dict[str, Any] | None:  # noqa: ARG001 - every section is given it
    until = await _ends(actor)
    return None if until is None else {"until": until}


HOME_SECTIONS = (
    HomeSection(title=("Mật khẩu tạm", "Temporary password"), template="administration/own.html", load=_own),
)

PAGES = (show_index, show_password, change_password)
