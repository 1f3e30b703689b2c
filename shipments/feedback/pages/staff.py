"""Pages for who answers: the list with what is late first, and one case with what can be done."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need
from shipments.feedback import repository, service
from shipments.feedback.pages.words import CATEGORIES, CHANNELS, LATE, PARTS, STATES
from shipments.feedback.repository import Wanted
from shipments.feedback.rules import ACCEPTED, ANSWERED, ASKED, MOVES, PUBLISHED, REFUSED, Category, Feedback
from shipments.feedback.schemas import LONGEST_TEXT
from shipments.feedback.service.working import PUBLISHERS, WORKERS

ON_A_PAGE = 50
IN_THE_SECTION = 10
FIELDS = ("act", "category", "organisation", "text", "reason", "outcome", "title", "question", "answer")


@get("/feedback", opt=SIGNED_IN, include_in_schema=False, summary="Page: feedback")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List what the person's organisation took or answers for; what is late stands first."""
    now = await clock.now()
    after = decode_cursor(cursor, tuple[datetime, str])
    found = await repository.page_of(request.user, Wanted(), after, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    following = shown[-1] if len(found) > ON_A_PAGE else None
    late = [] if after else await repository.page_of(request.user, Wanted(late_at=now), None, ON_A_PAGE)
    return page(
        request,
        "feedback/list.html",
        title=("Phản ánh, kiến nghị", "Feedback and petitions"),
        cases=shown,
        late=late,
        following=encode_cursor((following.received_at, following.code)) if following else None,
        **_words(),
    )


@get("/feedback/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a case of feedback")
async def show_case(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show one case: what was written, its limits, and what can be done now."""
    return await _case(request, code)


@post("/feedback/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: act on feedback")
async def act(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Do what one of the page's forms asks for."""
    form = await request.form()
    given = {name: str(form.get(name) or "").strip() for name in FIELDS}
    case = await repository.get(code, request.user)
    try:
        await _act(case, given, request.user, await clock.now())
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        return await _case(request, code, refused)
    return Redirect("/feedback", status_code=303)


async def open_cases(actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Load what is late and what waits; nothing where there is neither."""
    late = await repository.page_of(actor, Wanted(late_at=now), None, IN_THE_SECTION)
    found = await repository.page_of(actor, Wanted(), None, IN_THE_SECTION)
    waiting = [case for case in found if case.waits_for_us and case not in late]
    return {"late": late, "cases": waiting, **_words()} if late or waiting else None


async def _act(case: Feedback, given: dict[str, str], actor: Actor, now: datetime) -> None:
    _refuse_bystander(actor)
    wanted = given["act"]
    if wanted == "assign" and given["category"] in list(Category):
        category, owner = Category(given["category"]), given["organisation"] or None
        await service.accept(case.code, category, owner, actor=actor, now=now)
    elif wanted == "ask":
        await service.ask(case.code, _text(given["text"]), actor=actor, now=now)
    elif wanted == "refuse":
        await service.refuse(case.code, given["reason"], actor=actor, now=now)
    elif wanted == "answer":
        await service.answer(case.code, given["outcome"], _text(given["text"]), actor=actor, now=now)
    elif wanted == "publish":
        texts = [_text(given[name]) for name in ("title", "question", "answer")]
        await service.publish(case.code, texts[0][:200], texts[1], texts[2], actor=actor, now=now)
    else:
        raise Unprocessable(
            "feedback.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act"
        )


def _refuse_bystander(actor: Actor) -> None:
    if not WORKERS & actor.roles:
        raise Forbidden(
            "feedback.worker",
            vi="Phản ánh, kiến nghị do lãnh đạo, kiểm soát viên và cán bộ Một cửa xử lý",
            en="Feedback is worked by heads, supervisors and desk officers",
        )


def _text(typed: str) -> str:
    if 0 < len(typed) <= LONGEST_TEXT:
        return typed
    raise BadInput(
        "feedback.text",
        vi=f"Hãy viết từ 1 đến {LONGEST_TEXT} ký tự",
        en=f"Write 1 to {LONGEST_TEXT} characters",
        pointer="/text",
    )


async def _case(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    now, actor = await clock.now(), request.user
    reading = await service.read(code, actor=actor, now=now)
    case = reading.feedback
    reasons = await law.reasons_at(local_day(now))
    may = {kind for kind, moves in MOVES.items() if case.state in moves} if WORKERS & actor.roles else set()
    if not PUBLISHERS & actor.roles or case.category is Category.VIOLATION:
        may.discard(PUBLISHED)
    return page(
        request,
        "feedback/case.html",
        title=(f"Phản ánh {code}", f"Feedback {code}"),
        status=refused.status if refused else 200,
        refused=refused,
        reading=reading,
        case=case,
        refusals=[each for each in reasons if each.applies_to == "feedback_refusal"],
        outcomes=[each for each in reasons if each.applies_to == "feedback"],
        may_assign=ACCEPTED in may,
        may_ask=ASKED in may,
        may_refuse=REFUSED in may,
        may_answer=ANSWERED in may,
        may_publish=PUBLISHED in may,
        longest=LONGEST_TEXT,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "categories": CATEGORIES,
        "channels": CHANNELS,
        "states": STATES,
        "parts": PARTS,
        "late_words": LATE,
    }


HANDLERS = (show_list, show_case, act)


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    return tuple(
        Need(
            number=len(found), title=title, address="/feedback", tone=tone, more=len(found) >= IN_THE_SECTION
        )
        for found, title, tone in (
            (context["late"], ("Phản ánh, kiến nghị quá hạn", "Late feedback"), "bad"),
            (context["cases"], ("Phản ánh, kiến nghị chờ xử lý", "Feedback to deal with"), ""),
        )
    )


HOME_SECTIONS = (
    HomeSection(
        title=("Phản ánh, kiến nghị, đường dây nóng", "Feedback, petitions and the hotline"),
        template="feedback/section.html",
        load=open_cases,
        needs=_needs,
        roles=frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.DESK, Role.POST_DESK, Role.CONTROL}),
    ),
)
