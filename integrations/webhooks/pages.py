"""Pages of subscriptions: for those who connect programs, and for administrators."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect

from integrations.deliveries.rules import Outcome, State
from integrations.feed.rules import Wanted
from integrations.feed.schemas import STREAM_OF, StreamName
from integrations.webhooks import service
from integrations.webhooks.rules import INTEGRATORS, SubscriptionChange
from integrations.webhooks.schemas import MOST_VALUES, filters_of
from integrations.webhooks.service import Issued
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor
from postal.network.rules import LOCAL
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

MANAGING = roles(*INTEGRATORS)
ON_A_PAGE = 50
LOGGED = 50
LONG = 1_000
"""From so many events on a page warns before they are all sent."""

REFUSALS = (BadInput, Conflict, Forbidden, Unprocessable)
STATES = {"active": ("đang gọi", "being called", "good"), "disabled": ("đang tắt", "disabled", "warn")}
WHYS = {
    "person": ("do người quản trị tắt", "a person disabled it"),
    "gone": ("phần mềm nhận trả lời 410: không nhận nữa", "the receiver answered 410: it wants no more"),
    "failing": ("phần mềm nhận không trả lời được trong nhiều ngày", "the receiver has failed for days"),
}
STREAMS: dict[StreamName, tuple[str, str]] = {
    "scan": ("Lượt quét", "Scans"),
    "case": ("Sự kiện hồ sơ", "Case events"),
    "record": ("Việc được ghi sổ", "Records"),
}
DELIVERIES: dict[State, tuple[str, str, str]] = {
    State.WAITING: ("chờ gửi", "waits", ""),
    State.BEHIND: ("chờ tin trước", "waits behind another", ""),
    State.SENDING: ("đang gửi", "being sent", ""),
    State.DONE: ("đã nhận", "received", "good"),
    State.SKIPPED: ("không còn gì để gửi", "nothing left to send", ""),
    State.DEAD: ("không gửi được", "not delivered", "bad"),
}
OUTCOMES: dict[Outcome, tuple[str, str]] = {
    Outcome.DELIVERED: ("đã nhận", "received"),
    Outcome.LATER: ("chưa nhận, sẽ gửi lại", "not taken, will be sent again"),
    Outcome.REFUSED: ("bị từ chối", "refused"),
    Outcome.GONE: ("không nhận nữa", "wants no more"),
    Outcome.UNREACHED: ("không kết nối được", "no connection"),
    Outcome.UNKNOWN: ("không có trả lời", "no answer came"),
    Outcome.FORBIDDEN: ("địa chỉ không được phép gọi", "the address may not be called"),
    Outcome.UNPREPARED: ("chưa lập được tin", "could not be built"),
    Outcome.SKIPPED: ("không còn gì để gửi", "nothing left to send"),
}

BEGINNINGS: dict[str, Literal["stopped", "now"]] = {"stopped": "stopped", "now": "now"}

Caller = Request[Actor, Any, Any]


@get("/subscriptions", opt=MANAGING, include_in_schema=False, summary="Page: subscriptions")
async def show_list(request: Caller, cursor: PageCursor = None) -> Response[str]:
    """List the subscriptions of the caller's organisation and those below it."""
    after = decode_cursor(cursor, tuple[UUID])
    found = await service.list_subscriptions(request.user, after[0] if after else None, ON_A_PAGE + 1)
    return page(
        request,
        "webhooks/list.html",
        title=("Đăng ký nhận tin (webhook)", "Subscriptions (webhooks)"),
        found=found[:ON_A_PAGE],
        following=encode_cursor((found[ON_A_PAGE - 1].id,)) if len(found) > ON_A_PAGE else None,
        states=STATES,
        whys=WHYS,
    )


@get("/subscriptions/new", opt=MANAGING, include_in_schema=False, summary="Page: a new subscription")
async def show_new(request: Caller) -> Response[str]:
    """Show an empty form."""
    return _new(request, {}, ())


@post("/subscriptions/new", opt=MANAGING, include_in_schema=False, summary="Page: subscribe")
async def add(request: Caller) -> Response[str]:
    """Make a subscription and show its secret once."""
    form = await request.form()
    typed = {name: _typed(form, name) for name in ("name", "url", "kinds", "codes", "organisations")}
    streams = tuple(each for each in form.getall("stream", []) if each in STREAMS)
    try:
        issued = await service.create(
            name=typed["name"],
            url=typed["url"],
            wanted=_wanted(typed, streams),
            after=None,
            actor=request.user,
            now=await clock.now(),
        )
    except REFUSALS as refused:
        return _new(request, typed, streams, refused)
    return _secret(request, issued)


@get("/subscriptions/{id:uuid}", opt=MANAGING, include_in_schema=False, summary="Page: a subscription")
async def show(request: Caller, id: FromPath[UUID]) -> Response[str]:  # noqa: A002 - the name in the address
    """Show a subscription with its log."""
    return await _one(request, id)


@post(
    "/subscriptions/{id:uuid}", opt=MANAGING, include_in_schema=False, summary="Page: act on a subscription"
)
async def act(request: Caller, id: FromPath[UUID]) -> Response[Any]:  # noqa: A002 - the name in the address
    """Test, replay, rotate, disable, enable or delete."""
    form = await request.form()
    try:
        issued = await _act(id, form, request.user, await clock.now())
    except REFUSALS as refused:
        return await _one(request, id, refused)
    if issued is not None:
        return _secret(request, issued)
    return Redirect(
        "/subscriptions" if _typed(form, "act") == "delete" else f"/subscriptions/{id}", status_code=303
    )


async def _act(identifier: UUID, form: FormMultiDict, actor: Actor, now: datetime) -> Issued | None:
    match _typed(form, "act"):
        case "test":
            await service.ping(identifier, actor=actor, now=now)
        case "rotate":
            overlap = timedelta() if _typed(form, "overlap") == "none" else timedelta(hours=24)
            return await service.rotate(identifier, overlap, actor=actor, now=now)
        case "replay":
            since, before = _instant(form, "since"), _instant(form, "before")
            await service.replay(identifier, since=since, before=before, actor=actor, now=now)
        case "disable":
            await service.change(identifier, SubscriptionChange(disabled=True), actor=actor, now=now)
        case "enable":
            begin = BEGINNINGS.get(_typed(form, "begin"))
            if begin is None:
                raise Unprocessable(
                    "webhook.begin",
                    vi="Hãy chọn gửi tiếp từ đâu",
                    en="Choose where to go on",
                    pointer="/begin",
                )
            await service.enable(identifier, begin, actor=actor, now=now)
        case "delete":
            _require(_typed(form, "sure"), "/sure", "Hãy đánh dấu đồng ý xóa", "Say that you are sure")
            await service.delete(identifier, actor=actor, now=now)
        case _:
            raise Unprocessable(
                "webhook.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act"
            )
    return None


def _new(
    request: Caller, typed: dict[str, str], streams: Sequence[str], refused: PostalError | None = None
) -> Response[str]:
    return page(
        request,
        "webhooks/new.html",
        title=("Đăng ký nhận tin", "Subscribe"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        field=(refused.pointer or "").strip("/") if refused else "",
        typed=typed,
        chosen=streams,
        streams=STREAMS,
    )


async def _one(request: Caller, identifier: UUID, refused: PostalError | None = None) -> Response[str]:
    found = await service.get(identifier, request.user)
    behind = await service.behind_of(found)
    return page(
        request,
        "webhooks/one.html",
        title=(f"Đăng ký nhận tin: {found.name}", f"Subscription: {found.name}"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        field=(refused.pointer or "").strip("/") if refused else "",
        one=found,
        filters=filters_of(found.wanted),
        behind=behind,
        long=behind.rows >= LONG,
        log=await service.deliveries_of(identifier, request.user, (), None, LOGGED),
        states=STATES,
        whys=WHYS,
        streams=STREAMS,
        deliveries=DELIVERIES,
        outcomes=OUTCOMES,
    )


def _secret(request: Caller, issued: Issued) -> Response[str]:
    return page(
        request,
        "webhooks/secret.html",
        title=("Khóa ký của đăng ký", "The secret of the subscription"),
        headers={"Cache-Control": "no-store"},
        one=issued.subscription,
        secret=issued.secret,
    )


def _wanted(typed: dict[str, str], streams: Sequence[str]) -> Wanted:
    words = {name: typed[name].split() for name in ("kinds", "codes", "organisations")}
    for name, given in words.items():
        if len(given) > MOST_VALUES or any(len(word) > 64 for word in given):
            raise Unprocessable(
                "webhook.filter",
                vi=f"Nhiều nhất {MOST_VALUES} mã, mỗi mã tối đa 64 ký tự",
                en=f"{MOST_VALUES} codes at most, of 64 characters each at most",
                pointer=f"/{name}",
            )
    return Wanted(
        kinds=frozenset(words["kinds"]),
        streams=frozenset(STREAM_OF[each] for each in STREAMS if each in streams),
        codes=frozenset(words["codes"]),
        organisations=frozenset(words["organisations"]),
    )


def _instant(form: FormMultiDict, name: str) -> datetime | None:
    typed = _typed(form, name)
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=LOCAL)
    except ValueError as error:
        raise Unprocessable(
            "webhook.instant", vi="Hãy nhập ngày và giờ", en="Enter a date and a time", pointer=f"/{name}"
        ) from error


def _require(given: str, pointer: str, vi: str, en: str) -> None:
    if not given:
        raise Unprocessable("webhook.missing", vi=vi, en=en, pointer=pointer)


def _typed(form: FormMultiDict, name: str) -> str:
    return str(form.get(name) or "").strip()[:10_000]


def _sentence(request: Caller, refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:
    stopped = await service.needing(actor, now)
    return {"stopped": stopped} if stopped else None


def _needs(context: dict[str, Any]) -> Sequence[Need]:
    title = ("Đăng ký nhận tin bị ngừng", "Subscriptions that were stopped")
    return (Need(number=context["stopped"], title=title, address="/subscriptions", tone="bad"),)


HOME_SECTIONS = (
    HomeSection(
        title=("Phần mềm nhận tin", "Programs that are called"),
        template="webhooks/section.html",
        load=_section,
        needs=_needs,
        roles=INTEGRATORS,
    ),
)
HANDLERS = (show_list, show_new, add, show, act)
