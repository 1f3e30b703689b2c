"""The supervisor's pages: incidents, and one case with what follows from it and what can be done."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from manifests.incidents import repository, service
from manifests.incidents.repository import Listed
from manifests.incidents.rules import (
    SETTLERS,
    Cause,
    ClaimKind,
    ClaimState,
    ReissueState,
    Source,
    Standing,
)
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

ON_A_PAGE = 50
IN_THE_SECTION = 10

STATES: dict[Standing, tuple[str, str, str]] = {
    Standing.OPEN: ("Đang mở", "Open", "bad"),
    Standing.FOUND: ("Đã tìm thấy", "Found", "good"),
    Standing.CLOSED: ("Đã kết thúc", "Closed", "good"),
}
CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.LOST: ("Mất, thất lạc", "Lost"),
    Cause.DAMAGED: ("Hư hỏng", "Damaged"),
}
SOURCES: dict[Source, tuple[str, str]] = {
    Source.HAND: ("lập bằng tay", "opened by hand"),
    Source.SCAN: ("do lượt quét báo mất", "by a scan that reported it lost"),
    Source.DISCREPANCY: ("do giải quyết chênh lệch", "by the resolution of a discrepancy"),
}
REISSUES: dict[ReissueState, tuple[str, str]] = {
    ReissueState.REQUESTED: ("đã đề nghị cấp lại", "re-issue requested"),
    ReissueState.ISSUED: ("đã cấp lại", "issued anew"),
    ReissueState.DELIVERED: ("đã giao cho công dân", "delivered to the citizen"),
    ReissueState.REFUSED: ("không được cấp lại", "refused"),
}
CLAIMS: dict[ClaimState, tuple[str, str]] = {
    ClaimState.OPEN: ("chờ trả lời", "to be answered"),
    ClaimState.REFUSED_LATE: ("quá thời hiệu, đã lưu và từ chối", "too late; kept and refused"),
    ClaimState.ANSWERED: ("đã trả lời", "answered"),
}
KINDS: dict[ClaimKind, tuple[str, str]] = {
    ClaimKind.LOSS: ("mất", "loss"),
    ClaimKind.LATE: ("chậm", "late"),
    ClaimKind.DAMAGE: ("hư hỏng", "damage"),
    ClaimKind.OTHER: ("khác", "other"),
}


@get("/incidents", opt=SIGNED_IN, include_in_schema=False, summary="Page: incidents")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List the incidents of pieces that the person's organisation sees."""
    found = await _newest(request.user, decode_cursor(cursor, tuple[datetime, str]), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1].incident if len(found) > ON_A_PAGE else None
    return page(
        request,
        "incidents/list.html",
        title=("Sự cố mất, hư hỏng", "Lost and damaged pieces"),
        incidents=shown,
        states=STATES,
        causes=CAUSES,
        names=await network.names_of({party for one in shown for party in one.claims}),
        following=encode_cursor((last.opened_at, last.piece)) if last else None,
    )


@get("/incidents/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: an incident")
async def show_case(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show one incident: last holder and why, what the law gives, claims, and what can be done."""
    return await _case(request, code)


@post(
    "/incidents/{code:str}", opt=roles(*SETTLERS), include_in_schema=False, summary="Page: act on an incident"
)
async def act(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Do what one of the page's forms asks for."""
    form = await request.form()
    given = {
        name: str(form.get(name) or "").strip()
        for name in ("act", "outcome", "paper", "state", "fare", "sum")
    }
    await repository.get(code, request.user)
    try:
        await _act(code, given, request.user, await clock.now())
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _case(request, code, refused)
    return Redirect(f"/incidents/{code}", status_code=303)


async def _act(code: str, given: dict[str, str], actor: Actor, now: datetime) -> None:
    if given["act"] == "reissue" and given["state"] in list(ReissueState):
        state = ReissueState(given["state"])
        await service.reissue(
            code, _number(given["paper"]), state, _money(given["sum"]), actor=actor, now=now
        )
    elif given["act"] == "liability":
        fare = _money(given["fare"]) if given["fare"] else None
        amount = _money(given["sum"]) if given["sum"] else None
        await service.document(code, amount, fare, actor=actor, now=now)
    elif given["act"] == "payment":
        await service.pay(code, _money(given["sum"]), actor=actor, now=now)
    elif given["act"] == "close":
        await service.close(code, given["outcome"], actor=actor, now=now)
    else:
        raise Unprocessable(
            "incident.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act"
        )


async def _case(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    now = await clock.now()
    view = await service.incident_view(code, actor=request.user, now=now)
    incident, answering = view.incident, view.answering
    parties = {*answering.claims, incident.opened_by, incident.liable, answering.offered_to}
    english = page_language(request.scope) == "en"
    return page(
        request,
        "incidents/case.html",
        title=(f"Sự cố {code}", f"Incident {code}"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        view=view,
        names=await network.names_of({party for party in parties if party}),
        outcomes=[each for each in await law.reasons_at(local_day(now)) if each.applies_to == "incident"],
        may_settle=not request.user.roles.isdisjoint(SETTLERS) and incident.state is not Standing.CLOSED,
        overdue=incident.pay_due is not None and incident.paid is None and now > incident.pay_due,
        states=STATES,
        causes=CAUSES,
        sources=SOURCES,
        reissue_words=REISSUES,
        claim_words=CLAIMS,
        kind_words=KINDS,
    )


def _number(typed: str) -> int:
    if typed.isascii() and typed.isdigit() and 0 < int(typed) < 1_000:
        return int(typed)
    raise BadInput(
        "incident.paper",
        vi="Số thứ tự giấy tờ là một số từ 1 đến 999",
        en="A paper is named by its number, 1 to 999",
        pointer="/paper",
    )


def _money(typed: str) -> int:
    digits = typed.replace(".", "").replace(" ", "")
    if not digits:
        return 0
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        return int(digits)
    raise BadInput(
        "incident.money",
        vi="Số tiền ghi bằng đồng, ví dụ 120.000",
        en="State money in đồng, for example 120.000",
        pointer="/sum",
    )


async def _newest(
    actor: Actor, after: tuple[datetime, str] | None, limit: int, state: Standing | None = None
) -> list[Listed]:
    return await repository.page_of(actor, piece=None, state=state, holder=None, after=after, limit=limit)


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:  # noqa: ARG001 - every section is given it
    incidents = await _newest(actor, None, IN_THE_SECTION, Standing.OPEN)
    if not incidents:
        return None
    names = await network.names_of({party for one in incidents for party in one.claims})
    return {"incidents": incidents, "names": names, "states": STATES, "causes": CAUSES}


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    number = len(context["incidents"])
    title = ("Sự cố đang mở", "Open incidents")
    return (
        Need(number=number, title=title, address="/incidents", tone="bad", more=number >= IN_THE_SECTION),
    )


HOME_SECTIONS = (
    HomeSection(
        title=("Sự cố đang mở", "Open incidents"),
        template="incidents/section.html",
        load=_section,
        needs=_needs,
        roles=frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL}),
    ),
)

PAGE_HANDLERS = (show_list, show_case, act)
