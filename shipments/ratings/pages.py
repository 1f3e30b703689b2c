"""The page on which a citizen rates, in large type and without JavaScript, and what staff see of it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter

from postal import clock
from postal.errors import BadInput, Conflict, NotFound, PostalError, Unprocessable
from postal.http.limits import limited
from postal.identity.access import ANYONE, SIGNED_IN
from postal.identity.rules import Actor, Role
from postal.web.rendering import page
from postal.web.sections import HomeSection
from shipments.ratings import repository, service
from shipments.ratings.repository import By
from shipments.ratings.rules import Score
from shipments.ratings.schemas import LONGEST_NOTE
from shipments.ratings.service import Answer, Given

OPEN = {**ANYONE, **limited("rating", 20, 60)}
TITLE = ("Đánh giá sự phục vụ", "Rate our service")
LOOKS_BACK = timedelta(days=90)
SHOWN = 20

SCORES: dict[Score, tuple[str, str]] = {
    Score.SATISFIED: ("Hài lòng", "Satisfied"),
    Score.NEUTRAL: ("Bình thường", "Neutral"),
    Score.DISSATISFIED: ("Không hài lòng", "Dissatisfied"),
}
WHOSE: dict[By, tuple[str, str]] = {
    By.AGENCY: ("Cơ quan giải quyết", "Agencies"),
    By.DESK: ("Bộ phận Một cửa", "Desks"),
    By.OFFICE: ("Bưu cục phát", "Post offices"),
    By.COURIER: ("Bưu tá", "Couriers"),
    By.OFFICER: ("Cán bộ giải quyết", "Officers"),
}
VERDICTS: dict[str, tuple[str, str, str]] = {
    "reached": ("Đạt", "Reached", "good"),
    "missed": ("Chưa đạt", "Missed", "bad"),
    "unclear": ("Chưa đủ căn cứ", "Too few to tell", "warn"),
}

AskedCode = Annotated[str | None, QueryParameter(max_length=200)]


class RatingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form sends; the button that was pressed is the score."""

    code: Annotated[str, msgspec.Meta(max_length=200)] = ""
    last4: Annotated[str, msgspec.Meta(max_length=20)] = ""
    score: Annotated[str, msgspec.Meta(max_length=20)] = ""
    attitude: Annotated[str, msgspec.Meta(max_length=20)] = ""
    note: Annotated[str, msgspec.Meta(max_length=4 * LONGEST_NOTE)] = ""


@get("/rate", opt=OPEN, include_in_schema=False, summary="Page: rate a delivered dossier")
async def ask(request: Request[Actor, Any, Any], code: AskedCode = None) -> Response[str]:
    """Ask for the code, the end of the phone number and one of three buttons."""
    return _form(request, RatingForm(code=(code or "").strip()[:64]))


@post("/rate", opt=OPEN, status_code=200, include_in_schema=False, summary="Page: the rating that was given")
async def rate(
    request: Request[Actor, Any, Any],
    data: Annotated[RatingForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Take the rating, or say what is wrong and keep what was typed."""
    try:
        given = await service.rate(data.code.strip(), data.last4.strip(), _answer(data), await clock.now())
    except (BadInput, Conflict, NotFound, Unprocessable) as refused:
        return _form(request, data, refused)
    return _page(request, data, None, given)


@get("/ratings", opt=SIGNED_IN, include_in_schema=False, summary="Page: ratings and scores")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the scores of the last ninety days against the target, and the newest ratings."""
    now = await clock.now()
    tables = [await service.scores(by, now - LOOKS_BACK, None, actor=request.user, now=now) for by in By]
    return page(
        request,
        "ratings/scores.html",
        title=("Mức độ hài lòng", "Satisfaction"),
        tables=[table for table in tables if table.tallies],
        target=tables[0].target,
        ratings=await repository.page_of(request.user, dossier=None, score=None, after=None, limit=SHOWN),
        **_words(),
    )


async def own_scores(actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Load the scores of the actor's own organisation; nothing before the first rating."""
    for by in (By.OFFICE, By.AGENCY, By.DESK):
        found = await service.scores(by, now - LOOKS_BACK, None, actor=actor, now=now)
        if found.tallies:
            return {"scores": found, **_words()}
    return None


def _answer(form: RatingForm) -> Answer:
    if form.score not in list(Score) or form.attitude not in ("", *Score):
        raise BadInput(
            "rating.score",
            vi="Hãy chọn một trong ba mức đánh giá",
            en="Choose one of the three answers",
            pointer="/score",
        )
    note = form.note.strip()
    if len(note) > LONGEST_NOTE:
        raise Unprocessable(
            "rating.note_too_long",
            vi=f"Ý kiến dài quá {LONGEST_NOTE} ký tự; hãy viết ngắn hơn hoặc gửi phản ánh, kiến nghị",
            en=f"The note is longer than {LONGEST_NOTE} characters; shorten it, or send us feedback instead",
            pointer="/note",
        )
    attitude = Score(form.attitude) if form.attitude else None
    return Answer(score=Score(form.score), attitude=attitude, note=note or None)


def _form(
    request: Request[Actor, Any, Any], form: RatingForm, refused: PostalError | None = None
) -> Response[str]:
    return _page(request, form, refused, None)


def _page(
    request: Request[Actor, Any, Any], form: RatingForm, refused: PostalError | None, given: Given | None
) -> Response[str]:
    return page(
        request,
        "ratings/rate.html",
        title=TITLE,
        status=refused.status if refused else 200,
        headers={"Cache-Control": "no-store"},
        form=form,
        refused=refused,
        given=given,
        longest=LONGEST_NOTE,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"score_words": SCORES, "whose": WHOSE, "verdicts": VERDICTS}


PAGE_HANDLERS = (ask, rate, show)
HOME_SECTIONS = (
    HomeSection(
        title=("Mức độ hài lòng 90 ngày qua", "Satisfaction in the last 90 days"),
        template="ratings/section.html",
        load=own_scores,
        roles=frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.DESK, Role.POST_DESK, Role.CONTROL}),
    ),
)
