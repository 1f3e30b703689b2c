"""Figures for those who lead and those who inspect, and the dossiers behind each."""

from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.problems import refuses
from postal.identity.rules import Actor
from shipments.figures import service
from shipments.figures.rules.leader import Asked, By, Unused
from shipments.figures.schemas import (
    LEADERS,
    BehindView,
    Compared,
    From,
    LeadingView,
    OfAuthority,
    OfChannel,
    OfCommune,
    OfDesk,
    OfHolder,
    OfOffice,
    OfProcedure,
    OfWhich,
    Silent,
    To,
    behind_view,
    leading_view,
)


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
    async def unused(self, request: Request[Actor, Any, Any], months: Silent = None) -> list[Unused]:
        """Thủ tục trong danh mục không phát sinh hồ sơ qua bưu chính. Only what is really used stays on the list."""
        return await service.unused_procedures(request.user, months, await clock.now())
