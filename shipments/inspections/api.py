"""Inspections over HTTP."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.http.problems import refuses
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import READS_EVERYTHING, Actor
from shipments.inspections import repository, service
from shipments.inspections.rules import Inspection, Repeated
from shipments.inspections.schemas import Conclusion, NewFinding, NewInspection
from shipments.inspections.service import Reading

INSPECTING = roles(*READS_EVERYTHING)
OF_THE_INSPECTED = {**SIGNED_IN, **refuses(403)}

Of = Annotated[str | None, code_query("Only those of this organisation")]


class InspectionController(Controller):
    """Surprise checks of a sample of dossiers against their papers."""

    path = "/api/v1/inspections"
    tags = ("inspections",)

    @get(opt=SIGNED_IN, operation_id="listInspections", summary="Inspections that you see, newest first")
    async def list_inspections(
        self,
        request: Request[Actor, Any, Any],
        organisation: Of = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Inspection]]:
        """List all to inspectors, to the inspected those that have ended."""
        found = await repository.page_of(
            request.user,
            code=None,
            organisation=organisation,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.drawn_at, one.code))

    @post(opt=INSPECTING, operation_id="openInspection", summary="Draw a sample")
    async def create(self, data: JSONBody[NewInspection], request: Request[Actor, Any, Any]) -> Reading:
        """Draw dossiers at random; the seed and the population's digest are kept, so that anybody can draw again."""
        return await service.start(
            data.organisation,
            data.begin,
            data.end,
            data.size,
            data.seed,
            actor=request.user,
            now=await clock.now(),
        )

    @get("/{code:str}", opt=SIGNED_IN, operation_id="getInspection", summary="An inspection and its findings")
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> Reading:
        """Give the sample, what was found and what it says of the whole, with its 95 % interval."""
        return await service.read(code, actor=request.user)

    @get("/{code:str}/draw", opt=SIGNED_IN, operation_id="checkInspection", summary="The draw, done again")
    async def check(self, code: PathCode, request: Request[Actor, Any, Any]) -> Repeated:
        """Draw again from what stands in the ledger now, and say whether population and sample are the same."""
        return await service.check(code, actor=request.user)

    @post(
        "/{code:str}/findings",
        opt=OF_THE_INSPECTED,
        status_code=200,
        operation_id="stateInspectionFinding",
        summary="How one dossier compares",
    )
    async def found(
        self, code: PathCode, data: JSONBody[NewFinding], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Record what agrees and what differs; it stands for good."""
        return await service.find(
            code,
            data.dossier,
            {name: value for name, value in msgspec.to_builtins(data.checks).items() if value is not None},
            data.remark,
            actor=request.user,
            now=await clock.now(),
        )

    @post(
        "/{code:str}/close",
        opt=OF_THE_INSPECTED,
        status_code=200,
        operation_id="closeInspection",
        summary="End it with a conclusion",
    )
    async def close(
        self, code: PathCode, data: JSONBody[Conclusion], request: Request[Actor, Any, Any]
    ) -> Reading:
        """End an inspection whose whole sample was compared."""
        return await service.close(code, data.conclusion, actor=request.user, now=await clock.now())


HANDLERS = (InspectionController,)
