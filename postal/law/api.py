"""The list of procedures, open to everybody."""

from datetime import date
from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.params import QueryParameter

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.law import service
from postal.law.schemas import ProcedureHistory, ProcedureView, view_of
from postal.network.rules import local_day

OnDay = Annotated[date | None, QueryParameter(description="The day on which the list holds; today if absent")]
Eligible = Annotated[bool | None, QueryParameter(description="Only what the post may carry, or may not")]


class ProcedureController(Controller):
    """Administrative procedures: limits, fees, and whether the post may carry them."""

    path = "/api/v1/procedures"
    tags = ("law",)

    @get(opt=ANYONE, operation_id="listProcedures", summary="List procedures, eligible for the post or not")
    async def list_procedures(
        self,
        request: Request[Actor, Any, Any],
        on: OnDay = None,
        eligible: Eligible = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[ProcedureView]]:
        """Danh mục thủ tục được và không được nhận qua bưu chính công ích."""
        day = on or local_day(await clock.now())
        after = decode_cursor(cursor, str)
        found = await service.list_procedures(day, eligible=eligible, after=after, limit=limit + 1)
        return paged(request, [view_of(each) for each in found], limit, key=lambda each: each.code)

    @get("/{code:str}", opt=ANYONE, operation_id="getProcedure", summary="A procedure with all its versions")
    async def read(self, code: PathCode, on: OnDay = None) -> ProcedureHistory:
        """Give the version in force and every other: the version at receipt stays with its dossier."""
        versions = await service.history_of(code.upper())
        current = service.in_force(versions, on or local_day(await clock.now()))
        return ProcedureHistory(
            current=view_of(current) if current else None, versions=[view_of(each) for each in versions]
        )


HANDLERS = (ProcedureController,)
