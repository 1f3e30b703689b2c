"""The editor of the office that answers for the law; every change names its decision, and history stays in sight."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor
from postal.law import repository, service
from postal.law.pages.forms import procedure_form, read, text
from postal.law.pages.withdrawals import upcoming
from postal.law.pages.words import WORDS
from postal.law.repository import Change
from postal.law.rules import Changed, Subject
from postal.law.schemas import EndProcedure, NewProcedure, NextVersion, kept
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection

ON_A_PAGE = 100
SPARE_ROWS = 3
EDITORS = roles(*service.EDITORS)
REFUSALS = (BadInput, Conflict, Forbidden, NotFound, Unprocessable)

EMPTY: dict[str, Any] = {
    "code": "", "name_vi": "", "name_en": "", "limit": {"value": "", "unit": "ngay_lam_viec"},
    "convention": "end_of_day", "calendar": "VN-HC", "t0_reading": "", "fee": "0", "valid_from": "", "valid_to": "",
    "citation": "", "status": "configured", "decision": "", "decided_on": "", "after": "", "issuer": "",
    "eligible_submit": True, "eligible_return": True, "requires_presence": False, "state_secret": False,
    "territory_free": False, "components": [], "steps": [],
}  # fmt: skip


@get(
    "/law", opt=EDITORS, include_in_schema=False, summary="Page: the law, for the office that answers for it"
)
async def show_index(
    request: Request[Actor, Any, Any], q: str | None = None, cursor: PageCursor = None
) -> Response[str]:
    """List what can be changed, beginning with procedures."""
    today = local_day(await clock.now())
    after = decode_cursor(cursor, str)
    found = await service.list_procedures(today, after=after, limit=ON_A_PAGE + 1, q=q)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "law/index.html",
        title=("Quản lý quy định", "The law"),
        offers=shown,
        q=q or "",
        following=encode_cursor(shown[-1].procedure.code) if len(found) > ON_A_PAGE else None,
        changes=await repository.list_changes(limit=10),
        national=service.is_national(request.user),
        **WORDS,
    )


@get("/law/new-procedure", opt=EDITORS, include_in_schema=False, summary="Page: a new procedure")
async def show_new(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show an empty form."""
    today = local_day(await clock.now())
    return await _form(request, EMPTY | {"valid_from": today.isoformat()}, [], "/law/new-procedure")


@post("/law/new-procedure", opt=EDITORS, include_in_schema=False, summary="Page: add a procedure")
async def add(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Add a procedure with its first version."""
    typed = procedure_form(await request.form())

    async def change(now: datetime) -> Changed:
        given = read(typed, NewProcedure)
        return await service.add_procedure(
            given.code, given.draft(given.issuer), given.by(), actor=request.user, now=now
        )

    return await _changed(request, typed, [], "/law/new-procedure", change)


@get("/law/procedures/{code:str}", opt=EDITORS, include_in_schema=False, summary="Page: change a procedure")
async def show_procedure(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show the newest version as the beginning of the next one."""
    history = await repository.list_changes(subject=code, what="procedure")
    return await _form(request, await _standing(code), history, f"/law/procedures/{code}")


@post(
    "/law/procedures/{code:str}",
    opt=EDITORS,
    include_in_schema=False,
    summary="Page: add a version, or end it",
)
async def change_procedure(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Add the next version, or let the procedure end."""
    form = await request.form()
    ends = text(form, "act") == "end"
    standing = await _standing(code)
    typed = {name: text(form, name) for name in ("valid_to", "decision", "decided_on", "after")}

    async def change(now: datetime) -> Changed:
        if ends:
            end = read(typed, EndProcedure)
            return await service.end_procedure(
                code, end.valid_to, end.by(), after=end.after, actor=request.user, now=now
            )
        following = read({**procedure_form(form), "code": "", "issuer": ""}, NextVersion)
        return await service.add_version(
            code, following.draft(), following.by(), after=following.after, actor=request.user, now=now
        )

    history = await repository.list_changes(subject=code, what="procedure")
    shown = standing if ends else procedure_form(form) | {"code": code}
    return await _changed(request, shown, history, f"/law/procedures/{code}", change)


@get("/law/changes", opt=EDITORS, include_in_schema=False, summary="Page: history of the law")
async def show_changes(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """Show who changed what, when, by which decision."""
    after = decode_cursor(cursor, UUID)
    found = await repository.list_changes(after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "law/changes.html",
        title=("Lịch sử thay đổi quy định", "History of the law"),
        changes=shown,
        following=encode_cursor(str(shown[-1].id)) if len(found) > ON_A_PAGE else None,
        **WORDS,
    )


async def _standing(code: str) -> dict[str, Any]:
    newest = service.newest_of(await service.history_of(code))
    key = (code, newest.version)
    told: dict[str, Any] = msgspec.to_builtins(newest)
    told |= {name: "" if told[name] is None else told[name] for name in ("t0_reading", "valid_to", "issuer")}
    parts = {
        "components": (await repository.components_of([key])).get(key, ()),
        "steps": (await repository.steps_of([key])).get(key, ()),
    }
    fresh = {"after": newest.version, "decision": "", "decided_on": "", "valid_from": "", "valid_to": ""}
    listed: dict[str, Any] = msgspec.to_builtins(parts)
    return EMPTY | told | listed | fresh


async def _changed(
    request: Request[Actor, Any, Any],
    typed: dict[str, Any],
    history: list[Change],
    action: str,
    change: Callable[[datetime], Awaitable[Changed]],
) -> Response[str]:
    """Do a change and show what it did; one that is refused shows the form again as it was filled in."""
    try:
        done = await change(await clock.now())
    except REFUSALS as refused:
        return await _form(request, typed, history, action, refused)
    return result(request, done)


def result(request: Request[Actor, Any, Any], done: Changed) -> Response[str]:
    """Say what a change did, and how many dossiers keep what they began under."""
    return page(
        request,
        "law/done.html",
        title=("Đã ghi nhận thay đổi", "The change is recorded"),
        done=done,
        note=kept(done, english=page_language(request.scope) == "en"),
        **WORDS,
    )


async def _form(
    request: Request[Actor, Any, Any],
    form: dict[str, Any],
    history: list[Change],
    action: str,
    refused: PostalError | None = None,
) -> Response[str]:
    english = page_language(request.scope) == "en"
    today = local_day(await clock.now())
    versions = await repository.list_versions(form["code"]) if form["after"] else []
    return page(
        request,
        "law/edit.html",
        title=("Sửa thủ tục", "Change a procedure")
        if history or form["after"]
        else ("Thêm thủ tục", "New procedure"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        form=form,
        action=action,
        changes=history,
        calendars=await repository.list_calendars(),
        spare=SPARE_ROWS,
        **WORDS | {"upcoming": upcoming(Subject.PROCEDURE, versions, today)},
    )


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:  # noqa: ARG001 - every section is given it
    if not service.is_national(actor) and actor.organisation is None:
        return None
    return {"changes": await repository.list_changes(limit=3), **WORDS}


HOME_SECTIONS = (
    HomeSection(
        title=("Quy định, danh mục, cước", "Law, lists, fares"),
        template="law/section.html",
        load=_section,
        roles=frozenset(service.EDITORS),
    ),
)

EDITOR_PAGES = (show_index, show_new, add, show_procedure, change_procedure, show_changes)
