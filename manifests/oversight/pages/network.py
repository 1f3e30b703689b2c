"""The network page: queues by office, devices that have not sent, late runs."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import QueryParameter

from manifests.oversight import service
from manifests.oversight.rules import SORTS, Queue, Sort, age, in_words
from postal import clock
from postal.administration.pages.words import KIND_WORDS
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.web.charts import Part, Series, stacked
from postal.web.rendering import page

READERS = roles(Role.SUPERVISOR, Role.AGENCY_HEAD, Role.DESK, Role.ADMIN, Role.CONTROL, Role.REGULATOR)
DRAWN = 12
"""So many organisations stand in the chart; all of the page stand in the table."""

OfProvince = Annotated[str | None, QueryParameter(max_length=5)]
InOrder = Annotated[str | None, QueryParameter(max_length=20)]


@get("/network", opt=READERS, include_in_schema=False, summary="Page: the network")
async def show(
    request: Request[Actor, Any, Any],
    province: OfProvince = None,
    sort: InOrder = None,
    cursor: PageCursor = None,
) -> Response[str]:
    """Show what waits where, within the caller's charge."""
    actor, now = request.user, await clock.now()
    order = Sort(sort) if sort in set(Sort) else Sort.CODE
    after = decode_cursor(cursor, tuple[float, str])
    told = await service.network_of(actor, province=province, sort=order, after=after, now=now)
    return page(
        request,
        "oversight/network.html",
        title=("Mạng lưới", "Network"),
        wide=True,
        told=told,
        now=now,
        province=province,
        place=next((one.name for one in told.provinces if (one.code or "") == province), None),
        sort=order,
        sorts=SORTS,
        address=lambda by: _address(province, by),
        following=None
        if told.following is None
        else _address(province, order, cursor=encode_cursor(told.following)),
        chart=stacked(_drawn(told.queues or [])),
        kind_words=KIND_WORDS,
        age=age,
        in_words=in_words,
        governs=bool({Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD} & actor.roles),
    )


def _drawn(queues: list[Queue]) -> list[Series]:
    waiting = [one for one in queues if one.offers or one.manifests or one.discrepancies][:DRAWN]
    return [
        Series(
            one.name,
            (
                Part(("Chờ nhận", "Offered to it"), one.offers),
                Part(("Bảng kê chờ", "Manifests waiting"), one.manifests),
                Part(("Chênh lệch mở", "Open discrepancies"), one.discrepancies),
            ),
        )
        for one in waiting
    ]


def _address(province: str | None, sort: Sort, **more: str) -> str:
    query = {"province": province, "sort": sort.value, **more}
    return "/network?" + urlencode({name: value for name, value in query.items() if value is not None})


PAGES = (show,)
