"""The page of procedures on the list of the post that nobody sends by it (R02)."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter

from postal import clock
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network.rules import local_day
from postal.web.rendering import page
from shipments.figures import service
from shipments.figures.schemas import LEADERS

MOST = 60
OfMonths = Annotated[str, QueryParameter(name="months", max_length=3)]


@get(
    "/leaders/unused-procedures",
    opt=LEADERS,
    include_in_schema=False,
    summary="Page: procedures that nobody sends by post",
)
async def show_unused(request: Request[Actor, Any, Any], months: OfMonths = "") -> Response[str]:
    """List what may go by post and was not registered for some months, as far as the caller reads figures."""
    now = await clock.now()
    asked = int(months) if months.isascii() and months.isdigit() and 1 <= int(months) <= MOST else None
    configured = (await law.constants_at(local_day(now))).number("list.silent_months")
    return page(
        request,
        "figures/unused.html",
        title=("Thủ tục không phát sinh hồ sơ qua bưu chính", "Procedures that nobody sends by post"),
        unused=await service.unused_procedures(request.user, asked, now),
        months=asked or configured,
        most=MOST,
    )


PAGE_HANDLERS: tuple[Any, ...] = (show_unused,)
