"""Pages of inspections: draw a sample, compare dossier by dossier, read what it says of the whole."""

from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import READS_EVERYTHING, Actor
from postal.law import repository as law
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection
from shipments.inspections import repository, service
from shipments.inspections.rules import Check
from shipments.inspections.schemas import LONGEST_REMARK, MOST

ON_A_PAGE = 50
IN_THE_SECTION = 5

CHECKS: dict[Check, tuple[str, str]] = {
    Check.PAPERS: ("Thành phần hồ sơ", "Papers of the dossier"),
    Check.RECEIVED: ("Ngày giờ tiếp nhận", "When it was received"),
    Check.DUE: ("Ngày hẹn trả", "When it was promised for"),
    Check.HANDOVER: ("Biên bản giao nhận, chữ ký", "Record of handover, signatures"),
    Check.RESULT: ("Kết quả, ngày trả", "Result, and when it was returned"),
    Check.MONEY: ("Phí, lệ phí, biên lai", "Fees and receipts"),
}


@get("/inspections", opt=SIGNED_IN, include_in_schema=False, summary="Page: inspections")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List inspections, and to inspectors a form to draw a sample."""
    return await _list(request, cursor)


@post("/inspections", opt=roles(*READS_EVERYTHING), include_in_schema=False, summary="Page: draw a sample")
async def start(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Draw a sample and go to it."""
    form = await request.form()
    given = {name: str(form.get(name) or "").strip() for name in ("organisation", "from", "to", "size")}
    try:
        begin, end, size = _day(given["from"]), _day(given["to"]), _size(given["size"])
        reading = await service.start(
            given["organisation"], begin, end, size, None, actor=request.user, now=await clock.now()
        )
    except (BadInput, Unprocessable) as refused:
        return await _list(request, None, refused)
    return Redirect(f"/inspections/{reading.inspection.code}", status_code=303)


@get("/inspections/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: an inspection")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show the sample and what was found."""
    return await _one(request, code)


@post("/inspections/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: record a finding")
async def act(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Record how one dossier compares, or end the inspection."""
    form = await request.form()
    now, actor = await clock.now(), request.user
    try:
        if str(form.get("act") or "") == "close":
            await service.close(code, str(form.get("conclusion") or ""), actor=actor, now=now)
        else:
            answers = {check.value: str(form.get(check.value) or "") for check in Check}
            checks = {name: value == "yes" for name, value in answers.items() if value in {"yes", "no"}}
            remark = str(form.get("remark") or "").strip()[:LONGEST_REMARK] or None
            dossier = str(form.get("dossier") or "").strip()
            await service.find(code, dossier, checks, remark, actor=actor, now=now)
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _one(request, code, refused)
    return Redirect(f"/inspections/{code}", status_code=303)


async def newest(actor: Actor, _now: datetime) -> dict[str, Any] | None:
    """Load the newest inspections that the actor sees; nothing where there are none and none can be made."""
    found = await repository.page_of(actor, code=None, organisation=None, after=None, limit=IN_THE_SECTION)
    return {"inspections": found} if found or actor.reads_everything else None


async def _list(
    request: Request[Actor, Any, Any], cursor: str | None, refused: PostalError | None = None
) -> Response[str]:
    after = decode_cursor(cursor, tuple[datetime, str])
    found = await repository.page_of(
        request.user, code=None, organisation=None, after=after, limit=ON_A_PAGE + 1
    )
    shown = found[:ON_A_PAGE]
    following = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "inspections/list.html",
        title=("Kiểm tra đột xuất", "Inspections"),
        status=refused.status if refused else 200,
        refused=refused,
        inspections=shown,
        following=encode_cursor((following.drawn_at, following.code)) if following else None,
        may_draw=request.user.reads_everything,
        most=MOST,
    )


async def _one(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    reading = await service.read(code, actor=request.user)
    reasons = await law.reasons_at(local_day(await clock.now()))
    done = {finding.dossier for finding in reading.findings}
    return page(
        request,
        "inspections/inspection.html",
        title=(f"Kiểm tra {code}", f"Inspection {code}"),
        status=refused.status if refused else 200,
        refused=refused,
        reading=reading,
        inspection=reading.inspection,
        remarks=reading.remarks or {},
        left=[dossier for dossier in reading.inspection.sample if dossier not in done],
        conclusions=[each for each in reasons if each.applies_to == "inspection"],
        may_record=request.user.reads_everything and reading.inspection.closed_at is None,
        checks=CHECKS,
        longest=LONGEST_REMARK,
    )


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise BadInput(
            "inspection.day", vi="Hãy nhập ngày đầu và ngày cuối", en="Enter the first and last day"
        ) from error


def _size(typed: str) -> int:
    if typed.isascii() and typed.isdigit() and 0 < int(typed) <= MOST:
        return int(typed)
    raise BadInput(
        "inspection.size",
        vi=f"Cỡ mẫu là một số từ 1 đến {MOST}",
        en=f"A sample has 1 to {MOST} dossiers",
        pointer="/size",
    )


PAGE_HANDLERS = (show_list, start, show, act)
HOME_SECTIONS = (
    HomeSection(title=("Kiểm tra đột xuất", "Inspections"), template="inspections/section.html", load=newest),
)
