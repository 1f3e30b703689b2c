"""Pages of manifests: the list, and the section of the start page."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get

from manifests.manifests import repository
from manifests.manifests.rules import Manifest, State
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

ON_A_PAGE = 50
IN_THE_SECTION = 10
COUNTED = 100

STATE_WORDS: dict[State, tuple[str, str]] = {
    State.DRAFT: ("Bản nháp", "Draft"),
    State.SEALED: ("Đã niêm phong", "Sealed"),
    State.DISPATCHED: ("Đã giao đi", "Dispatched"),
    State.RECEIVING: ("Đang nhận", "Receiving"),
    State.RECONCILED: ("Đã đối soát", "Reconciled"),
    State.CLOSED: ("Đã chốt", "Closed"),
    State.CANCELLED: ("Đã hủy", "Cancelled"),
}


@get("/manifests", opt=SIGNED_IN, include_in_schema=False, summary="Page: your manifests")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List the manifests of which the person's organisation is a party."""
    found = await _newest(request.user, decode_cursor(cursor, tuple[datetime, str]), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "manifests/list.html",
        title=("Bảng kê", "Manifests"),
        manifests=shown,
        names=await names_of(shown),
        words=STATE_WORDS,
        following=encode_cursor((last.created_at, last.code)) if last else None,
    )


async def names_of(manifests: list[Manifest]) -> dict[str, str]:
    """Give the names of the parties of manifests."""
    codes = {code for one in manifests for code in (one.giver, one.receiver, one.carrier) if code}
    return {code: organisation.name for code, organisation in (await network.find_many(codes)).items()}


async def _newest(actor: Actor, after: tuple[datetime, str] | None, limit: int) -> list[Manifest]:
    return await repository.page_of(actor, state=None, giver=None, receiver=None, after=after, limit=limit)


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:  # noqa: ARG001 - every section is given it
    manifests = await _newest(actor, None, IN_THE_SECTION)
    if not manifests:
        return None
    awaited = await repository.count_awaited(actor.organisation, COUNTED) if actor.organisation else 0
    return {
        "manifests": manifests,
        "names": await names_of(manifests),
        "words": STATE_WORDS,
        "awaited": awaited,
    }


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    number = context["awaited"]
    title = ("Bảng kê chờ nhận", "Manifests to receive")
    return (Need(number=number, title=title, address="/manifests", tone="warn", more=number >= COUNTED),)


HOME_SECTIONS = (
    HomeSection(
        title=("Bảng kê gần đây", "Recent manifests"),
        template="manifests/section.html",
        load=_section,
        needs=_needs,
    ),
)

PAGE_HANDLERS = (show_list,)
