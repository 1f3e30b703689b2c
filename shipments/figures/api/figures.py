"""Figures for those who lead and those who inspect, and the dossiers behind each."""

from datetime import date
from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.params import QueryParameter

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import code_query
from postal.http.problems import refuses
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from shipments.figures import service
from shipments.figures.rules import Channel
from shipments.figures.schemas import (
    BehindView,
    LeadingView,
    UnusedView,
    behind_view,
    leading_view,
    unused_view,
)
from shipments.figures.service import Asked, By, Which

LEADERS = roles(Role.AGENCY_HEAD, Role.SUPERVISOR, Role.CONTROL, Role.REGULATOR, Role.ADMIN)

From = Annotated[
    date | None, QueryParameter(name="from", description="The first month; eleven before the last if absent")
]
To = Annotated[
    date | None, QueryParameter(name="to", description="The last month, included; this one if absent")
]
Compared = Annotated[By, QueryParameter(name="by", description="What is compared")]
OfWhich = Annotated[Which, QueryParameter(name="figure", description="The dossiers behind which figure")]
OfAuthority = Annotated[str | None, code_query("Only of this agency")]
OfDesk = Annotated[str | None, code_query("Only of this desk")]
OfOffice = Annotated[str | None, code_query("Only of this post office")]
OfProcedure = Annotated[str | None, code_query("Only of this procedure")]
OfCommune = Annotated[str | None, code_query("Only of the desks of this commune")]
OfHolder = Annotated[str | None, code_query("Only steps at this unit")]
OfChannel = Annotated[Channel | None, QueryParameter(description="Only what came in this way")]
Silent = Annotated[
    int | None,
    QueryParameter(ge=1, le=60, description="Without a dossier for so many months; the configured ones"),
]


class FigureController(Controller):
    """Figures of what the caller answers for: an agency's, a desk's or a post office's own; inspectors read all."""

    path = "/api/v1/figures"
    tags = ("figures",)
    opt = LEADERS | refuses(422)

    @get("/", operation_id="getFigures", summary="On time, by post, where the time goes, month by month")
    async def read(
        self,
        request: Request[Actor, Any, Any],
        begin: From = None,
        end: To = None,
        by: Compared = By.PROCEDURE,
    ) -> LeadingView:
        """Tổng hợp cho lãnh đạo. From sums alone; small numbers with their interval, surely worst first."""
        found = await service.lead(request.user, begin=begin, end=end, by=by, now=await clock.now())
        return leading_view(found)

    @get("/dossiers", operation_id="listDossiersBehindFigure", summary="The dossiers behind a figure")
    async def behind(
        self,
        request: Request[Actor, Any, Any],
        which: OfWhich,
        begin: From = None,
        end: To = None,
        authority: OfAuthority = None,
        desk: OfDesk = None,
        office: OfOffice = None,
        procedure: OfProcedure = None,
        commune: OfCommune = None,
        channel: OfChannel = None,
        holder: OfHolder = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[BehindView]]:
        """Hồ sơ đằng sau một con số, mới nhất trước. Only dossiers that the caller may see."""
        asked = Asked(
            which=which,
            begin=begin,
            end=end,
            authority=authority,
            desk=desk,
            office=office,
            procedure=procedure,
            commune=commune,
            channel=channel,
            holder=holder,
        )
        after = decode_cursor(cursor, tuple[date, str, str, int])
        found = await service.dossiers_behind(request.user, asked, after, limit + 1, await clock.now())
        shown = paged(
            request, found, limit, key=lambda each: (each.day, each.dossier, each.measure, each.ordinal)
        )
        return Response(
            Page(
                items=[behind_view(each) for each in shown.content.items],
                next_cursor=shown.content.next_cursor,
            ),
            headers=shown.headers,
        )

    @get(
        "/unused-procedures",
        operation_id="listUnusedProcedures",
        summary="Procedures on the list of the post that nobody sends by it",
    )
    async def unused(self, request: Request[Actor, Any, Any], months: Silent = None) -> list[UnusedView]:
        """Thủ tục trong danh mục không phát sinh hồ sơ qua bưu chính. Only what is really used stays on the list."""
        found = await service.unused_procedures(request.user, months, await clock.now())
        return [unused_view(each) for each in found]
