"""The personal view: what the link on the slip opens, and what its holder can ask for."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from postal import clock
from postal.errors import Conflict, NotFound, PostalError, Unprocessable
from postal.http.addresses import public_base
from postal.http.limits import limited
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.web.rendering import page
from shipments.privacy.rules import Kind
from shipments.tracking import service
from shipments.tracking.pages.anybody import FRESH, OPEN, TITLE, small_qr
from shipments.tracking.rules import typed_token
from shipments.tracking.schemas import unlocked_view
from shipments.tracking.sections import sections_of

ASKING = {**ANYONE, **limited("tracking-asking", 10, 60)}


class DataForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for about one's own data."""

    kind: Annotated[str, msgspec.Meta(max_length=20)] = ""


@get("/t/l/{token:str}", opt=OPEN, include_in_schema=False, summary="Page: what the link on the slip opens")
async def show(request: Request[Actor, Any, Any], token: FromPath[str]) -> Response[str]:
    """Show every step, and what the holder of the slip can ask for."""
    return await personal_page(request, token)


@post(
    "/t/l/{token:str}/data",
    opt=ASKING,
    status_code=200,
    include_in_schema=False,
    summary="Page: ask for one's own data, its correction or erasure",
)
async def ask_data(
    request: Request[Actor, Any, Any],
    token: FromPath[str],
    data: Annotated[DataForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Take the request; staff identify who asks before anything is given out, corrected or erased."""
    try:
        opened = await service.personal(token, await clock.now())
    except NotFound as refused:
        return refusal(request, refused)
    try:
        taken = await service.ask_for_data(opened.dossier, _kind(data.kind), await clock.now())
    except (Conflict, Unprocessable) as refused:
        return await personal_page(request, token, refused, "data")
    return await personal_page(request, token, asked=taken)


def refusal(request: Request[Actor, Any, Any], refused: PostalError) -> Response[str]:
    """Answer a link that leads nowhere, whatever the reason, without saying it again."""
    return page(
        request,
        "tracking/form.html",
        title=TITLE,
        status=refused.status,
        headers=FRESH,
        typed="",
        refused=refused,
        unlockable=False,
    )


async def personal_page(
    request: Request[Actor, Any, Any],
    raw: str,
    refused: PostalError | None = None,
    place: str = "main",
    asked: Any = None,
) -> Response[str]:
    """Show the personal view, with what was refused and where, or what was taken."""
    now = await clock.now()
    try:
        opened = await service.personal(raw, now)
    except NotFound as unknown:
        return refusal(request, unknown)
    unlocked = unlocked_view(opened.unlocked)
    token = typed_token(raw) or ""
    return page(
        request,
        "tracking/personal.html",
        title=("Hồ sơ của ông/bà", "Your dossier"),
        status=refused.status if refused else 200,
        headers={**FRESH, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"},
        code=opened.dossier,
        token=token,
        tracked=unlocked.track,
        unlocked=unlocked,
        next_visit=opened.next_visit,
        refused=refused,
        place=place,
        asked=asked,
        kinds=KINDS,
        done=request.query_params.get("done"),
        sections=await sections_of(opened.dossier, now, request.app.state.settings),
        address=f"{public_base(request)}/t/{opened.dossier}",
        drawing=small_qr(f"{public_base(request)}/t/l/{token}"),
    )


def back(token: str, done: str) -> Redirect:
    """Lead back to the personal view, which says what was done."""
    return Redirect(f"/t/l/{token}?done={done}#notices", status_code=303)


def _kind(raw: str) -> Kind:
    if raw not in list(Kind):
        raise Unprocessable(
            "privacy.kind_unknown",
            vi="Hãy chọn việc cần yêu cầu",
            en="Choose what you ask for",
            pointer="/kind",
        )
    return Kind(raw)


KINDS: dict[Kind, tuple[str, str]] = {
    Kind.ACCESS: ("Xem, nhận dữ liệu đang lưu về tôi", "See what is held about me"),
    Kind.CORRECTION: ("Sửa thông tin sai", "Correct what is wrong"),
    Kind.ERASURE: ("Xóa dữ liệu của tôi", "Erase my data"),
}
HANDLERS = (show, ask_data)
