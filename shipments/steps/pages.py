"""Pages of steps: where the time went, what took too long, and the log of what was done about it."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import local_day
from postal.web.rendering import page
from shipments.figures.rules import quantile
from shipments.figures.rules.summary import month_after
from shipments.steps import repository, service
from shipments.steps.rules import Origin, State
from shipments.steps.rules.times import HOUR_US, SECOND_US
from shipments.steps.schemas import HALF, NINE_TENTHS, CorrectiveAction
from shipments.steps.service import Opening

READS = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR)
WRITES = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD)
SHOWN = 50
REFUSALS = (BadInput, Conflict, Forbidden, NotFound, Unprocessable)

STATES: dict[State, tuple[str, str, str]] = {
    State.OPEN: ("Đang mở", "Open", "bad"),
    State.ACTED: ("Đã có biện pháp", "Acted on", "warn"),
    State.CLOSED: ("Đã đóng", "Closed", "good"),
}
ORIGINS: dict[Origin, tuple[str, str]] = {
    Origin.HAND: ("lập bằng tay", "opened by hand"),
    Origin.STEP: ("bước quá thời gian", "a step beyond its hours"),
}
FromMonth = Annotated[str | None, QueryParameter(name="from", max_length=10)]
ToMonth = Annotated[str | None, QueryParameter(name="to", max_length=10)]
Typed = Annotated[str, msgspec.Meta(max_length=4_000)]


class OpeningForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the button beside a step that took too long sends: dossier and number of the step."""

    step: Annotated[str, msgspec.Meta(max_length=90)] = ""


class ActionForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of one nonconformity sends; `act` is action or close."""

    act: Typed = ""
    cause: Typed = ""
    action: Typed = ""
    effective: Typed = ""


OpeningData = Annotated[OpeningForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
ActionData = Annotated[ActionForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/steps", opt=READS, include_in_schema=False, summary="Page: steps and nonconformities")
async def show(
    request: Request[Actor, Any, Any], begin: FromMonth = None, end: ToMonth = None
) -> Response[str]:
    """Show where the time of the cases of some months went, what took too long, and the log."""
    return await _shown(request, None, _month(begin), _month(end))


@post("/steps", opt=WRITES, include_in_schema=False, summary="Page: open a nonconformity")
async def open_one(request: Request[Actor, Any, Any], data: OpeningData) -> Response[Any]:
    """Open the nonconformity that a step's hours propose."""
    dossier, _, span = data.step.rpartition("/")
    try:
        if not (span.isascii() and span.isdigit() and len(span) < 6):
            raise BadInput(
                "nonconformity.step", vi="Hãy chọn một bước trong danh sách", en="Choose a step of the list"
            )
        opening = Opening(dossier=dossier, span=int(span))
        await service.open_(opening, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _shown(request, refused)
    return Redirect("/steps", status_code=303)


@post("/nonconformities/{code:str}", opt=WRITES, include_in_schema=False, summary="Page: act on one")
async def act(request: Request[Actor, Any, Any], code: FromPath[str], data: ActionData) -> Response[Any]:
    """State what was done about one, or close it."""
    actor, now = request.user, await clock.now()
    await repository.get(code, actor)
    try:
        if data.act == "close":
            _refuse_unless_head(actor)
            await service.close(code, effective=data.effective == "yes", actor=actor, now=now)
        else:
            done = _action(data)
            await service.act(code, done.cause, done.action, actor=actor, now=now)
    except REFUSALS as refused:
        return await _shown(request, refused)
    return Redirect("/steps", status_code=303)


async def _shown(
    request: Request[Actor, Any, Any],
    refused: PostalError | None = None,
    begin: date | None = None,
    end: date | None = None,
) -> Response[str]:
    now = await clock.now()
    try:
        found = await service.analysis(actor=request.user, begin=begin, end=end, now=now)
    except Unprocessable as wrong:
        refused, found = wrong, await service.analysis(actor=request.user, now=now)
    log = await repository.page_of(request.user, limit=SHOWN)
    parties = {each.party for each in found.sums} | {each.time.party for each in found.proposals}
    parties |= {each.owner for each in log}
    named = await network.find_many({party for party in parties if party})
    english = page_language(request.scope) == "en"
    return page(
        request,
        "steps/steps.html",
        title=("Các bước giải quyết", "Steps of cases"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        found=found,
        log=log,
        causes=[
            each
            for each in await law.reasons_at(local_day(now))
            if each.applies_to in ("nonconformity", "any")
        ],
        names={code: each.name for code, each in named.items()},
        hours=hours,
        middle_of=middle_of,
        shares=(HALF, NINE_TENTHS),
        last_month=month_after(found.end, -1),
        states=STATES,
        origins=ORIGINS,
        may_write=not request.user.roles.isdisjoint({Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD}),
        may_close=Role.AGENCY_HEAD in request.user.roles,
    )


def _month(text: str | None) -> date | None:
    """Read a month as a browser writes it; what is none is as if nothing was said."""
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None


def middle_of(spread: Mapping[int, int], share: Fraction) -> str:
    """Write the length within which a share of all lies, in working hours."""
    length = quantile(spread, share)
    return "–" if length is None else hours(int(length * SECOND_US))


def hours(microseconds: int, count: int = 1) -> str:
    """Write a length, or the mean of so many, in working hours as in Vietnam: `1,5`."""
    return f"{microseconds / HOUR_US / max(count, 1):.1f}".replace(".", ",")


def _action(data: ActionForm) -> CorrectiveAction:
    try:
        return msgspec.convert({"cause": data.cause, "action": data.action.strip()}, CorrectiveAction)
    except msgspec.ValidationError as wrong:
        raise BadInput(
            "nonconformity.form",
            vi="Hãy chọn nguyên nhân và ghi biện pháp khắc phục (tối đa 2.000 ký tự)",
            en="Choose a cause and state the corrective action (2,000 characters at most)",
            pointer="/action",
        ) from wrong


def _refuse_unless_head(actor: Actor) -> None:
    if Role.AGENCY_HEAD not in actor.roles:
        raise Forbidden(
            "nonconformity.head_closes",
            vi="Chỉ lãnh đạo cơ quan được đóng phiếu không phù hợp",
            en="Only the head of the agency closes a nonconformity",
        )


PAGE_HANDLERS = (show, open_one, act)
