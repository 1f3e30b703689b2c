"""Pages of access keys: made with a secret that is shown once, and ended."""

from typing import Annotated, Any

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
from postal.administration.pages.index import GOVERNING
from postal.administration.rules import day_of, last_moment
from postal.administration.service import Scoped
from postal.errors import PostalError
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity import service as identity
from postal.identity.schemas import CreateKey
from postal.identity.service import Key
from postal.web.pages import ROLE_NAMES
from postal.web.rendering import page

ON_A_PAGE = 50
FIELDS = ("organisation", "label", "expires_on")

OneOrganisation = Annotated[str | None, QueryParameter(max_length=64)]


@get("/admin/keys", opt=GOVERNING, include_in_schema=False, summary="Page: access keys")
async def show_list(
    request: Caller, organisation: OneOrganisation = None, cursor: PageCursor = None
) -> Response[str]:
    """List the access keys of the caller's scope, with when each was last used."""
    wanted = Scoped(organisation=organisation or None)
    found = await service.keys_of(request.user, wanted, decode_cursor(cursor, str), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "administration/keys.html",
        title=("Khóa truy cập", "Access keys"),
        keys=shown,
        wanted=wanted,
        following=encode_cursor(shown[-1].prefix) if len(found) > ON_A_PAGE else None,
        now=await clock.now(),
        names=await names_of([one.organisation for one in shown]),
        role_names=ROLE_NAMES,
    )


@get("/admin/new-key", opt=GOVERNING, include_in_schema=False, summary="Page: a new access key")
async def show_new(request: Caller) -> Response[str]:
    """Show an empty form."""
    empty = {"organisation": request.user.organisation or "", "label": "", "expires_on": ""}
    return _new(request, empty, ())


@post("/admin/new-key", opt=GOVERNING, include_in_schema=False, summary="Page: make an access key")
async def add(request: Caller) -> Response[str]:
    """Make an access key and show its secret once."""
    form = await request.form()
    typed = typed_of(form, *FIELDS)
    chosen = tuple(role for role in form.getall("role", []) if isinstance(role, str))
    try:
        ends = last_moment(day_of(typed["expires_on"], "/expires_on"))
        given = read(
            {"organisation": typed["organisation"], "label": typed["label"], "roles": list(chosen)}, CreateKey
        )
        issued = await identity.issue_key(
            organisation=given.organisation,
            roles=frozenset(given.roles),
            label=given.label,
            expires_at=ends,
            actor=request.user,
            now=await clock.now(),
        )
    except REFUSALS as refused:
        return _new(request, typed, chosen, refused)
    return shown_once(
        request,
        title=("Khóa truy cập mới", "A new access key"),
        about=issued.key.prefix,
        back=f"/admin/keys/{issued.key.prefix}",
        secret=issued.secret,
        until=issued.key.expires_at,
        what="key",
    )


@get("/admin/keys/{prefix:str}", opt=GOVERNING, include_in_schema=False, summary="Page: an access key")
async def show(request: Caller, prefix: FromPath[str]) -> Response[str]:
    """Show one access key, without its secret."""
    found = await identity.get_key(prefix, request.user)
    return page(
        request,
        "administration/key.html",
        title=(f"Khóa truy cập {found.prefix}", f"Access key {found.prefix}"),
        one=found,
        now=await clock.now(),
        names=await names_of([found.organisation]),
        role_names=ROLE_NAMES,
    )


@get(
    "/admin/keys/{prefix:str}/revoke",
    opt=GOVERNING,
    include_in_schema=False,
    summary="Page: before a key ends",
)
async def show_revoke(request: Caller, prefix: FromPath[str]) -> Response[str]:
    """Ask before a key ends."""
    return _revoking(request, await identity.get_key(prefix, request.user))


@post("/admin/keys/{prefix:str}/revoke", opt=GOVERNING, include_in_schema=False, summary="Page: end a key")
async def revoke(request: Caller, prefix: FromPath[str]) -> Response[Any]:
    """End a key at once."""
    found = await identity.get_key(prefix, request.user)
    try:
        await identity.revoke_key(prefix, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return _revoking(request, found, refused)
    return Redirect(f"/admin/keys/{prefix}", status_code=303)


def _new(
    request: Caller, typed: dict[str, str], chosen: tuple[str, ...], refused: PostalError | None = None
) -> Response[str]:
    return page(
        request,
        "administration/new_key.html",
        title=("Tạo khóa truy cập", "New access key"),
        status=refused.status if refused else 200,
        typed=typed,
        chosen=chosen,
        granted=granted(request),
        **fault(request, refused),
    )


def _revoking(request: Caller, found: Key, refused: PostalError | None = None) -> Response[str]:
    return confirmation(
        request,
        title=("Thu hồi khóa truy cập", "Revoke an access key"),
        about=found.prefix,
        consequence=(
            "Không khôi phục được. Phần mềm đang dùng khóa này ngừng truy cập được ngay.",
            "This cannot be undone. Whatever uses this key is shut out at once.",
        ),
        action=f"/admin/keys/{found.prefix}/revoke",
        back=f"/admin/keys/{found.prefix}",
        refused=refused,
    )


PAGES = (show_list, show_new, add, show, show_revoke, revoke)
