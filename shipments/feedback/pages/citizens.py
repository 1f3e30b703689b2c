"""Pages for anybody: write, follow by the code that was shown once, read what was published."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, TooMany, Unprocessable
from postal.http.limits import limited, spend
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.web.rendering import page
from shipments.feedback import repository, service
from shipments.feedback.pages.words import CATEGORIES, CHANNELS, STATES
from shipments.feedback.repository import Contact
from shipments.feedback.rules import Category, Channel
from shipments.feedback.schemas import LONGEST_FOLLOW, LONGEST_TEXT, STRANGERS
from shipments.feedback.service import Followed, Taken, Taking

FOLLOWING = {**ANYONE, **limited("feedback-follow", 20, 60)}
FRESH = {"Cache-Control": "no-store"}
ON_A_PAGE = 20
BYTES_A_LETTER = 4

AskedCode = Annotated[str | None, QueryParameter(max_length=200)]
Form = Annotated[str, msgspec.Meta(max_length=1_000)]
LongText = Annotated[str, msgspec.Meta(max_length=BYTES_A_LETTER * LONGEST_TEXT)]


class WritingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form sends."""

    text: LongText = ""
    category: Form = "other"
    channel: Form = "online"
    code: Form = ""
    name: Form = ""
    phone: Form = ""
    address: Form = ""
    email: Form = ""


class FollowForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the second form sends: the code, what is added when asked; `act` is erase or nothing."""

    follow: Form = ""
    text: LongText = ""
    act: Form = ""


@get("/feedback/new", opt=ANYONE, include_in_schema=False, summary="Page: write feedback")
async def write(request: Request[Actor, Any, Any], code: AskedCode = None) -> Response[str]:
    """Show the form."""
    return _writing(request, WritingForm(code=(code or "").strip()[:64]))


@post("/feedback/new", opt=ANYONE, status_code=200, include_in_schema=False, summary="Page: feedback taken")
async def send(
    request: Request[Actor, Any, Any],
    data: Annotated[WritingForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Take what was written and show the code to follow it, this once; or say what is wrong and keep the text."""
    try:
        if request.user.kind == "anonymous":
            await spend(request, STRANGERS)
        taken = await service.take(_taking(data), actor=request.user, now=await clock.now())
    except (BadInput, Forbidden, TooMany, Unprocessable) as refused:
        return _writing(request, data, refused)
    return _writing(request, data, None, taken)


@get("/feedback/follow", opt=FOLLOWING, include_in_schema=False, summary="Page: follow feedback")
async def ask_follow(request: Request[Actor, Any, Any]) -> Response[str]:
    """Ask for the code."""
    return _following(request, FollowForm(), None, None)


@post(
    "/feedback/follow",
    opt=FOLLOWING,
    status_code=200,
    include_in_schema=False,
    summary="Page: where feedback stands",
)
async def follow(
    request: Request[Actor, Any, Any],
    data: Annotated[FollowForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Show where it stands, take what is added when asked, and forget one's own words when the case is over."""
    now = await clock.now()
    typed, text = data.follow.strip()[:LONGEST_FOLLOW], data.text.strip()
    try:
        if text:
            _refuse_long(text)
            found = await service.supplement(typed, text, now)
        elif data.act == "erase":
            found = await service.forget(typed, now)
        else:
            found = await service.follow(typed, now)
    except (Conflict, NotFound, Unprocessable) as refused:
        return _following(request, data, refused, None)
    return _following(request, data, None, found)


@get("/feedback/published", opt=ANYONE, include_in_schema=False, summary="Page: published answers")
async def published(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List what was published, newest first."""
    found = await repository.publications(decode_cursor(cursor, tuple[datetime, str]), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    following = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "feedback/published.html",
        title=("Phản ánh, kiến nghị đã trả lời", "Feedback and answers"),
        publications=shown,
        following=encode_cursor((following.published_at, following.feedback)) if following else None,
    )


def _taking(form: WritingForm) -> Taking:
    text = form.text.strip()
    if not text:
        raise BadInput(
            "feedback.empty",
            vi="Hãy viết nội dung phản ánh",
            en="Write what you want to say",
            pointer="/text",
        )
    _refuse_long(text)
    if form.category not in list(Category) or form.channel not in list(Channel):
        raise BadInput(
            "feedback.category",
            vi="Hãy chọn loại việc trong danh sách",
            en="Choose what it is about from the list",
            pointer="/category",
        )
    given = {name: getattr(form, name).strip() or None for name in ("name", "phone", "address", "email")}
    return Taking(
        text=text,
        category=Category(form.category),
        channel=Channel(form.channel),
        contact=Contact(**given),
        dossier=form.code.strip() or None,
    )


def _refuse_long(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise Unprocessable(
            "feedback.too_long",
            vi=f"Nội dung dài quá {LONGEST_TEXT:,} ký tự; hãy rút gọn hoặc gửi thư đến bưu cục".replace(
                ",", "."
            ),
            en=f"The text is longer than {LONGEST_TEXT:,} characters; shorten it, or send a letter to the post office",
            pointer="/text",
        )


def _writing(
    request: Request[Actor, Any, Any],
    form: WritingForm,
    refused: PostalError | None = None,
    taken: Taken | None = None,
) -> Response[str]:
    return page(
        request,
        "feedback/new.html",
        title=("Gửi phản ánh, kiến nghị", "Send feedback"),
        status=refused.status if refused else 200,
        headers=FRESH,
        form=form,
        refused=refused,
        taken=taken,
        categories=CATEGORIES,
        channels=CHANNELS,
        longest=LONGEST_TEXT,
    )


def _following(
    request: Request[Actor, Any, Any], form: FollowForm, refused: PostalError | None, found: Followed | None
) -> Response[str]:
    return page(
        request,
        "feedback/follow.html",
        title=("Theo dõi phản ánh, kiến nghị", "Follow your feedback"),
        status=refused.status if refused else 200,
        headers=FRESH,
        form=form,
        refused=refused,
        found=found,
        states=STATES,
        longest=LONGEST_TEXT,
    )


HANDLERS = (write, send, ask_follow, follow, published)
