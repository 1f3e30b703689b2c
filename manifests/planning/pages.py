"""The pages of a desk: what waits and how urgent it is, a draft with what is to be left off, and its handing over."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from manifests.manifests import repository as manifests
from manifests.manifests.api import HANDLING
from manifests.manifests.pages import STATE_WORDS, names_of
from manifests.manifests.rules import State
from manifests.planning import repository, service
from manifests.planning.rules import Capacity, Left, Urgency
from manifests.planning.schemas import groups_of
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.parameters import code_query
from postal.identity.rules import Actor, Role
from postal.network import repository as network
from postal.network.rules import LOCAL
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

SHOWN = 50
"""Pieces of one receiver that are listed at once."""

COUNTED = 1_000
"""As far as the start page counts what waits."""

OWN_REASONS = 200
"""A longer draft has one reason for all that is left off."""

URGENCY_WORDS: dict[Urgency, tuple[str, str, str]] = {
    Urgency.NOW: ("Phải đi chuyến này mới kịp hạn", "Meets its limit only if it goes now", "warn"),
    Urgency.LATE: ("Đã trễ hạn dù đi ngay", "Late even if it goes now", "bad"),
    Urgency.LATER: ("Kịp hạn cả với chuyến sau", "In time with the next one too", "good"),
    Urgency.NONE: ("Không có hạn", "No limit known", "good"),
}

LEFT_WORDS: dict[Left, tuple[str, str]] = {
    Left.AT_DESTINATION: ("Đã ở nơi nhận", "Is where it is bound for"),
    Left.NO_RECEIVER: ("Chưa xác định được nơi giao", "The receiver cannot be told"),
    Left.OTHER_RECEIVER: ("Gửi cho đơn vị khác", "Bound for another organisation"),
    Left.VEHICLE_FULL: ("Xe đã đầy", "The vehicle is full"),
}

LIMIT_WORDS: dict[str, tuple[str, str]] = {
    "C1": ("chuyển hồ sơ đến", "postal leg in"),
    "C3": ("thời hạn giải quyết", "statutory limit"),
    "C5": ("chờ bưu điện đến nhận", "wait for the post"),
    "C6": ("chuyển trả kết quả", "postal leg home"),
    "J+n": ("thời gian toàn trình", "transit time"),
}

ForReceiver = Annotated[str | None, code_query("Only what can go to this organisation")]
Leaving = Annotated[str | None, QueryParameter(name="cut_off", max_length=32, description="When it leaves")]


@get("/manifests/waiting", opt=HANDLING, include_in_schema=False, summary="Page: what waits")
async def show_waiting(
    request: Request[Actor, Any, Any], receiver: ForReceiver = None, cut_off: Leaving = None
) -> Response[str]:
    """Show what waits at the person's organisation, by receiver, the most urgent first."""
    refused: PostalError | None = None
    try:
        leaving = _moment(cut_off)
    except BadInput as error:
        leaving, refused = None, error
    return await _waiting(request, receiver or None, leaving, refused)


@post("/manifests/waiting/plan", opt=HANDLING, include_in_schema=False, summary="Page: make drafts")
async def make_drafts(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Make drafts from the form and go to the first one."""
    form = await request.form()
    receiver = str(form.get("receiver") or "").strip() or None
    leaving: datetime | None = None
    try:
        leaving = _moment(str(form.get("cut_off") or ""))
        made, planned = await service.make_drafts(
            giver=None,
            receiver=receiver,
            carrier=None,
            route=str(form.get("route") or "").strip()[:64] or None,
            cut_off=leaving,
            capacity=Capacity(
                items=_count(form.get("items"), "items"), bags=_count(form.get("bags"), "bags")
            ),
            actor=request.user,
            now=await clock.now(),
        )
        if not made:
            raise Conflict(
                "planning.nothing",
                vi="Không có gì để lập bảng kê: xem lý do ở từng mục",
                en="There is nothing to plan: see the reason at each piece",
                left=len(planned.left),
            )
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _waiting(request, receiver, leaving, refused)
    if len(made) == 1:
        return Redirect(f"/manifests/{made[0].code}/draft", status_code=303)
    return Redirect("/manifests", status_code=303)


@get("/manifests/{code:str}/draft", opt=HANDLING, include_in_schema=False, summary="Page: a draft")
async def show_draft(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show a draft with what may be left off, or how it left."""
    return await _draft(request, code)


@post("/manifests/{code:str}/draft", opt=HANDLING, include_in_schema=False, summary="Page: let it go")
async def let_go(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Seal and hand over all but what was ticked."""
    form = await request.form()
    ticked = [str(piece) for piece in form.getall("except", [])]
    common = str(form.get("reason") or "")
    exceptions = [(piece, str(form.get(f"reason-{piece}") or common)) for piece in ticked]
    try:
        await service.seal_and_dispatch(code, exceptions, actor=request.user, now=await clock.now())
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _draft(request, code, refused, dict(exceptions))
    return Redirect(f"/manifests/{code}/draft", status_code=303)


async def _waiting(
    request: Request[Actor, Any, Any],
    receiver: str | None,
    leaving: datetime | None,
    refused: PostalError | None = None,
) -> Response[str]:
    now = await clock.now()
    try:
        giver, departures, ready = await service.waiting(
            giver=None, receiver=receiver, cut_off=leaving, actor=request.user, now=now
        )
    except Unprocessable as error:
        refused = refused or error
        giver, departures, ready = await service.waiting(
            giver=None, receiver=None, cut_off=leaving, actor=request.user, now=now
        )
    going = [piece for piece in ready if piece.left is not Left.AT_DESTINATION]
    groups = groups_of(going)
    named = await network.find_many([group.receiver for group in groups if group.receiver])
    return page(
        request,
        "planning/waiting.html",
        title=("Chờ giao", "Waiting"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        giver=giver,
        departures=departures,
        groups=groups,
        total=len(going),
        arrived=len(ready) - len(going),
        names={code: each.name for code, each in named.items()},
        chosen=receiver,
        cut_off=departures.at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M"),
        shown=SHOWN,
        urgency_words=URGENCY_WORDS,
        left_words=LEFT_WORDS,
        limit_words=LIMIT_WORDS,
    )


async def _draft(
    request: Request[Actor, Any, Any],
    code: str,
    refused: PostalError | None = None,
    ticked: dict[str, str] | None = None,
) -> Response[str]:
    now = await clock.now()
    manifest = await manifests.get(code, request.user)
    return page(
        request,
        "planning/draft.html",
        title=(f"Giao bảng kê {code}", f"Hand over manifest {code}"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        manifest=manifest,
        is_draft=manifest.state is State.DRAFT,
        names=await names_of([manifest]),
        state_words=STATE_WORDS,
        exceptions=await service.exempted_of(code, request.user),
        reasons={each.code: (each.name_vi, each.name_en) for each in await service.reasons(now)},
        own_reasons=len(manifest.lines) <= OWN_REASONS,
        ticked=ticked or {},
    )


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


def _moment(typed: str | None) -> datetime | None:
    """Read a local time as a form sends it; nothing typed is now."""
    if not typed:
        return None
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        read = None
    if read is None or not 1990 < read.year < 2080:
        raise BadInput(
            "planning.cut_off",
            vi="Giờ xe chạy không đúng: ghi như 2026-11-23T16:30",
            en="The departure is no time: write it as 2026-11-23T16:30",
            pointer="/cut_off",
        )
    return read if read.tzinfo else read.replace(tzinfo=LOCAL)


def _count(typed: object, field: str) -> int | None:
    text = str(typed or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise BadInput(
            "planning.capacity",
            vi="Sức chứa của xe là một số, ví dụ 200",
            en="What the vehicle holds is a number, for example 200",
            pointer=f"/{field}",
        )
    return int(text)


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:  # noqa: ARG001 - every section is given it
    if actor.organisation is None:
        return None
    return {"waiting": await repository.count_waiting(actor.organisation, COUNTED)}


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    number = context["waiting"]
    title = ("Chờ lập bảng kê giao đi", "Waiting to leave")
    return (Need(number=number, title=title, address="/manifests/waiting", more=number >= COUNTED),)


HOME_SECTIONS = (
    HomeSection(
        title=("Chờ giao đi", "Waiting to leave"),
        template="planning/section.html",
        load=_section,
        needs=_needs,
        roles=frozenset({Role.DESK, Role.CLERK, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK}),
    ),
)

PAGE_HANDLERS = (show_waiting, make_drafts, show_draft, let_go)
