"""Pages of the audit log: who did or looked at what, for those who answer for it."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from postal import clock
from postal.administration import service
from postal.administration.pages.forms import Caller, fault, names_of
from postal.administration.pages.words import ACTION_WORDS, action_words
from postal.administration.rules import Entry, Wanted, day_of, is_personal, told
from postal.errors import BadInput
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Role
from postal.web.rendering import page

ON_A_PAGE = 50
READERS = roles(Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR)

Typed = Annotated[str | None, QueryParameter(max_length=100)]
FromDay = Annotated[str | None, QueryParameter(name="from", max_length=10)]
ToDay = Annotated[str | None, QueryParameter(name="to", max_length=10)]


@get("/audit", opt=READERS, include_in_schema=False, summary="Page: who did and looked at what")
async def show(
    request: Caller,
    person: Typed = None,
    subject: Typed = None,
    action: Typed = None,
    begin: FromDay = None,
    end: ToDay = None,
    cursor: PageCursor = None,
) -> Response[str]:
    """List the entries of the caller's scope; reading them is an entry too."""
    typed = {
        "person": (person or "").strip(),
        "subject": (subject or "").strip(),
        "action": (action or "").strip(),
        "from": (begin or "").strip(),
        "to": (end or "").strip(),
    }
    refused, wanted = None, Wanted()
    try:
        wanted = _wanted(typed)
    except BadInput as error:
        refused = error
    after = decode_cursor(cursor, UUID)
    found = (
        []
        if refused
        else await service.entries(wanted, after, ON_A_PAGE + 1, actor=request.user, now=await clock.now())
    )
    kept = {name: value for name, value in typed.items() if value}
    return page(
        request,
        "administration/audit.html",
        title=("Nhật ký truy cập", "Audit"),
        status=refused.status if refused else 200,
        typed=typed,
        actions=sorted(ACTION_WORDS),
        **await _listed(found, "/audit", kept),
        **fault(request, refused),
    )


@get(
    "/audit/dossiers/{code:str}",
    opt=SIGNED_IN,
    include_in_schema=False,
    summary="Page: who looked at a dossier",
)
async def show_dossier(request: Caller, code: FromPath[str], cursor: PageCursor = None) -> Response[str]:
    """List who looked at a dossier, for those whose organisation sees it."""
    found = await service.about_dossier(
        code,
        decode_cursor(cursor, UUID),
        ON_A_PAGE + 1,
        actor=request.user,
        now=await clock.now(),
    )
    return page(
        request,
        "administration/audit_dossier.html",
        title=(f"Ai đã xem hồ sơ {code}", f"Who looked at dossier {code}"),
        code=code,
        **await _listed(found, f"/audit/dossiers/{code}", {}),
    )


def _wanted(typed: dict[str, str]) -> Wanted:
    last = day_of(typed["to"], "/to")
    return Wanted(
        person=typed["person"] or None,
        subject=typed["subject"] or None,
        action=typed["action"] or None,
        begin=day_of(typed["from"], "/from"),
        end=None if last is None else last.fromordinal(last.toordinal() + 1),
    )


async def _listed(found: list[Entry], path: str, kept: dict[str, str]) -> dict[str, Any]:
    shown = found[:ON_A_PAGE]
    following = None
    if len(found) > ON_A_PAGE:
        following = f"{path}?{urlencode({**kept, 'cursor': encode_cursor(str(shown[-1].id))})}"
    return {
        "entries": shown,
        "following": following,
        "names": await names_of([one.organisation for one in shown]),
        "action_words": action_words,
        "is_personal": is_personal,
        "told": told,
    }


PAGES = (show, show_dossier)
