"""Pages of imports: bring a file, see how far it is, what was refused, and import for real what was tried."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from integrations.imports import service
from integrations.imports.rules import LARGEST, Job, Kind, State
from postal import clock
from postal.errors import (
    BadInput,
    Conflict,
    Forbidden,
    NotFound,
    PostalError,
    TooLarge,
    TooMany,
    Unprocessable,
)
from postal.http.language import page_language
from postal.http.limits import limited
from postal.http.requests import TOO_LARGE
from postal.identity.access import roles
from postal.identity.rules import Actor
from postal.web.rendering import moment, page
from shipments.custody.pages import parts_of

SEEING = frozenset(role for allowed in service.BRINGS.values() for role in allowed)
ACCESS = roles(*sorted(SEEING))
LISTED, ERRORS = 50, 100
FORM_AROUND = 64 * 1024
TITLE = ("Nhập tệp", "Import files")

KINDS: dict[str, tuple[str, str]] = {
    Kind.DOSSIERS.value: ("Đăng ký hồ sơ", "Register dossiers"),
    Kind.EVENTS.value: ("Sự kiện hồ sơ", "Events of cases"),
    Kind.RESULTS.value: ("Kết quả", "Results"),
}
STATES: dict[str, tuple[str, str, str]] = {
    State.READING.value: ("Đang đọc tệp", "Being read", "warn"),
    State.APPLYING.value: ("Đang nhập", "Under way", "warn"),
    State.DONE.value: ("Xong", "Done", "good"),
    State.FAILED.value: ("Không đọc được", "Could not be read", "bad"),
    State.CANCELLED.value: ("Đã hủy", "Cancelled", ""),
}


@get("/imports", opt=ACCESS, include_in_schema=False, summary="Page: imports")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """List the imports of the caller's organisation, with the form to bring a file."""
    return await _page(request)


@post(
    "/imports",
    opt={**ACCESS, **limited("imports", 30, 60), TOO_LARGE: service.too_large},
    status_code=200,
    request_max_body_size=LARGEST + FORM_AROUND,
    include_in_schema=False,
    summary="Page: bring a file",
)
async def bring(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Keep a file and lead to its page; a refusal is shown above the form."""
    try:
        # In memory: a framework's form would spool the file to the disk as it came.
        body = await request.body()
        form = parts_of(body, request.headers.get("content-type", ""))
        said = {name: value.decode("utf-8", "replace") for name, value in form.items() if name != "file"}
        if said.get("kind") not in KINDS or "file" not in form:
            raise Unprocessable(
                "import.form", vi="Hãy chọn loại tệp và tệp cần nhập.", en="Choose the kind and the file."
            )
        job = await service.submit(
            form["file"],
            kind=Kind(said["kind"]),
            profile=said.get("profile") or None,
            name=_name_in(body),
            dry_run="dry_run" in form,
            actor=request.user,
            now=await clock.now(),
            settings=request.app.state.settings,
        )
    except (BadInput, Conflict, Forbidden, NotFound, TooLarge, TooMany, Unprocessable) as refused:
        return await _page(request, refused)
    return Redirect(f"/imports/{job.id}", status_code=303)


@get("/imports/{job:uuid}", opt=ACCESS, include_in_schema=False, summary="Page: an import")
async def show_one(request: Request[Actor, Any, Any], job: FromPath[UUID]) -> Response[str]:
    """Show how far an import is, what it came to, and the first rows that were not taken."""
    return await _one(request, await service.find(job, request.user))


@post(
    "/imports/{job:uuid}/run",
    opt=ACCESS,
    status_code=200,
    include_in_schema=False,
    summary="Page: import for real",
)
async def run(request: Request[Actor, Any, Any], job: FromPath[UUID]) -> Response[Any]:
    """Follow a dry run by the real import."""
    found = await service.find(job, request.user)
    try:
        await service.run_for_real(job, actor=request.user, settings=request.app.state.settings)
    except (Conflict, Forbidden) as refused:
        return await _one(request, found, refused)
    return Redirect(f"/imports/{job}", status_code=303)


@post(
    "/imports/{job:uuid}/cancel",
    opt=ACCESS,
    status_code=200,
    include_in_schema=False,
    summary="Page: stop an import",
)
async def stop(request: Request[Actor, Any, Any], job: FromPath[UUID]) -> Response[Any]:
    """Stop an import; what it has written stays."""
    found = await service.find(job, request.user)
    try:
        await service.cancel(job, actor=request.user, now=await clock.now())
    except (Conflict, Forbidden) as refused:
        return await _one(request, found, refused)
    return Redirect(f"/imports/{job}", status_code=303)


def _name_in(body: bytes) -> str:
    found = re.search(rb'name="file"; filename="([^"\r\n]{1,300})"', body[:FORM_AROUND])
    return found[1].decode("utf-8", "replace") if found else "tep"


async def _page(request: Request[Actor, Any, Any], refused: PostalError | None = None) -> Response[str]:
    actor, settings = request.user, request.app.state.settings
    jobs = await service.page_of(actor, None, LISTED)
    known = await service.known_to(actor.organisation or "")
    return page(
        request,
        "imports/list.html",
        title=TITLE,
        status=refused.status if refused else 200,
        refused=_said(request, refused),
        jobs=[(job, service.name_of(job, settings)) for job in jobs],
        kinds=KINDS,
        offered={kind: KINDS[kind] for kind, allowed in service.BRINGS.items() if allowed & actor.roles},
        profiles=[each for _, each in sorted(known.items())],
        states=STATES,
    )


async def _one(
    request: Request[Actor, Any, Any], job: Job, refused: PostalError | None = None
) -> Response[str]:
    errors = await service.errors_of(job.id, -1, ERRORS, request.user)
    wrong = job.rows_misread + job.rows_refused + job.rows_changed
    return page(
        request,
        "imports/one.html",
        title=_title(job),
        status=refused.status if refused else 200,
        refused=_said(request, refused),
        job=job,
        name=service.name_of(job, request.app.state.settings),
        kinds=KINDS,
        states=STATES,
        errors=[each.error for each in errors],
        wrong=wrong,
        unused=[each.name for each in job.headings if each.field is None and each.name],
    )


def _title(job: Job) -> tuple[str, str]:
    """Name one import by its time: the name of its file may be a person's, and titles stay in a browser's history."""
    return f"{TITLE[0]} {moment(job.made_at)}", f"{TITLE[1]} {moment(job.made_at)}"


def _said(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


HANDLERS: tuple[Any, ...] = (show, bring, show_one, run, stop)
