"""JSON over HTTP: discrepancies and their resolution."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from manifests.discrepancies import repository, service
from manifests.discrepancies.rules import Discrepancy, Standing
from manifests.discrepancies.schemas import Settlement
from manifests.manifests.api import HANDLING
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import code_query
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor

OfManifest = Annotated[str | None, code_query("Only those of this manifest")]
OfOwner = Annotated[str | None, code_query("Only those that this organisation answers for")]
InState = Annotated[Standing | None, QueryParameter(name="state", description="Open or resolved")]


class DiscrepancyController(Controller):
    """What reconciliation could not settle."""

    path = "/api/v1/discrepancies"
    tags = ("discrepancies",)

    @get(operation_id="listDiscrepancies", summary="Your discrepancies, newest first", opt=SIGNED_IN)
    async def list_discrepancies(
        self,
        request: Request[Actor, Any, Any],
        manifest: OfManifest = None,
        owner: OfOwner = None,
        in_state: InState = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Discrepancy]]:
        """List the discrepancies of which the caller is owner, giver, receiver or carrier."""
        found = await repository.page_of(
            request.user,
            manifest=manifest,
            owner=owner,
            state=in_state,
            after=decode_cursor(cursor, tuple[datetime, UUID]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.opened_at, one.id))

    @get("/{discrepancy:uuid}", operation_id="getDiscrepancy", summary="One discrepancy", opt=SIGNED_IN)
    async def read(self, discrepancy: FromPath[UUID], request: Request[Actor, Any, Any]) -> Discrepancy:
        """Give a discrepancy to its parties."""
        return await repository.get(discrepancy, request.user)

    @post(
        "/{discrepancy:uuid}/resolve",
        operation_id="resolveDiscrepancy",
        summary="Settle it",
        status_code=200,
        opt=HANDLING,
    )
    async def resolve(
        self, discrepancy: FromPath[UUID], data: JSONBody[Settlement], request: Request[Actor, Any, Any]
    ) -> Discrepancy:
        """Record how a discrepancy ended."""
        return await service.resolve(discrepancy, data.resolution, actor=request.user, now=await clock.now())


HANDLERS = (DiscrepancyController,)
