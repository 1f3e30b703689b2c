"""JSON over HTTP: reports, who owes them, the dossiers behind a figure."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import QueryParameter

from manifests.reports import repository, service
from manifests.reports.repository import Behind, Published
from manifests.reports.rules import DEFINITIONS, Standing
from manifests.reports.rules.words import SORTS
from manifests.reports.schemas import Meaning, Owed, owed_of
from manifests.reports.service import ReportView
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role

PUBLISHERS = roles(Role.CONTROL, Role.AGENCY_HEAD, Role.SUPERVISOR)
READING = SIGNED_IN | refuses(409, 422)

InStanding = Annotated[
    Standing | None, QueryParameter(name="standing", description="ahead, due, late, done or done_late")
]
OfMeasure = Annotated[
    str,
    QueryParameter(name="measure", min_length=1, max_length=40, description="What was counted, e.g. late"),
]
BySort = Annotated[
    str, QueryParameter(name="by", min_length=1, max_length=20, description=f"One of {', '.join(SORTS)}")
]
OfGroup = Annotated[str, QueryParameter(name="group", max_length=64, description="Which one of these")]


class ReportController(Controller):
    """Reports by their code: kind, period and organisation."""

    path = "/api/v1/reports"
    tags = ("reports",)

    @get(operation_id="listReports", summary="Published reports, newest first", opt=SIGNED_IN)
    async def list_published(
        self, request: Request[Actor, Any, Any], cursor: PageCursor = None, limit: PageLimit = DEFAULT_LIMIT
    ) -> Response[Page[Published]]:
        """List what was published: the sheets of QĐ 766, which are public, and the caller's own."""
        actor = request.user
        after = decode_cursor(cursor, tuple[datetime, str])
        found = await repository.list_published(actor.reads_everything, sorted(actor.sees), after, limit + 1)
        return paged(request, found, limit, key=lambda one: (one.published_at, one.code))

    @get(
        "/obligations",
        operation_id="listReportObligations",
        summary="Who owes which report by when; who is late",
        opt=SIGNED_IN,
    )
    async def list_owed(
        self,
        request: Request[Actor, Any, Any],
        in_standing: InStanding = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Owed]]:
        """List obligations by deadline."""
        found = await service.owed_to(request.user, await clock.now(), in_standing)
        after = decode_cursor(cursor, tuple[datetime, str])
        rows = [each for each in found if after is None or (each.deadline.at, each.report.code) > after]
        shown = [owed_of(each) for each in rows[: limit + 1]]
        return paged(request, shown, limit, key=lambda one: (one.due, one.code))

    @get(
        "/definitions",
        operation_id="listReportDefinitions",
        summary="What each figure means: formula, citation, measures",
        opt=SIGNED_IN,
    )
    async def definitions(self) -> list[Meaning]:
        """Give the formula of every figure."""
        return [
            Meaning(
                key=each.key,
                form=each.form.value,
                name_vi=each.name[0],
                name_en=each.name[1],
                formula_vi=each.formula[0],
                formula_en=each.formula[1],
                n=each.n,
                d=each.d,
                citation=each.citation,
            )
            for each in DEFINITIONS.values()
        ]

    @get(
        "/{code:str}",
        operation_id="getReport",
        summary="A report as published, and what would differ today; or as known now",
        opt=READING,
    )
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> ReportView:
        """Give a report; one that nobody published yet is computed now, provisional while its period runs."""
        return await service.report_view(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/publish",
        operation_id="publishReport",
        summary="Freeze a report and put its digest into the ledger",
        status_code=200,
        opt=PUBLISHERS | refuses(409, 422),
    )
    async def publish(self, code: PathCode, request: Request[Actor, Any, Any]) -> ReportView:
        """Publish, once and for all."""
        return await service.publish(code, actor=request.user, now=await clock.now())

    @get(
        "/{code:str}/rows",
        operation_id="listReportRows",
        summary="The dossiers behind a figure that you may see",
        opt=READING,
    )
    async def rows(
        self,
        code: PathCode,
        request: Request[Actor, Any, Any],
        of_measure: OfMeasure,
        by_sort: BySort = "all",
        of_group: OfGroup = "",
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Behind]]:
        """List dossiers, newest first, as they are counted now."""
        found = await service.rows_behind(
            code,
            of_measure,
            by_sort,
            of_group,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
            actor=request.user,
            now=await clock.now(),
        )
        return paged(request, found, limit, key=lambda one: (one.at, one.code))
