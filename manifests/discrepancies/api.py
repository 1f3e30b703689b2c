"""JSON over HTTP: discrepancies and their resolution."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from manifests.discrepancies import repository, service
from manifests.discrepancies.rules import Discrepancy, Reason, Standing, Swap
from manifests.discrepancies.schemas import Assignment, Evidence, Proposal, Settled, Settlement
from manifests.manifests.api import HANDLING
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import code_query
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.network.rules import local_day

OfManifest = Annotated[str | None, code_query("Only those of this manifest")]
OfOwner = Annotated[str | None, code_query("Only those that this organisation answers for")]
OfAssignee = Annotated[str | None, code_query("Only those that this person works on")]
OverdueOnly = Annotated[bool | None, QueryParameter(description="Only open ones whose deadline is over")]
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
        assignee: OfAssignee = None,
        overdue: OverdueOnly = None,
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
            overdue_at=await clock.now() if overdue else None,
            assignee=assignee,
        )
        return paged(request, found, limit, key=lambda one: (one.opened_at, one.id))

    @get("/reasons", operation_id="listDiscrepancyReasons", summary="How a case may end", opt=SIGNED_IN)
    async def list_reasons(self) -> list[Reason]:
        """List the reasons in force today: for which classes each is, what proof it wants, what contradicts it."""
        return list((await repository.reasons_at(local_day(await clock.now()))).values())

    @get("/swaps", operation_id="listSwaps", summary="Swaps between manifests", opt=SIGNED_IN)
    async def list_swaps(self, request: Request[Actor, Any, Any]) -> list[Swap]:
        """List what one manifest misses and another has too much; what the caller may not see is left out."""
        return await service.list_swaps(request.user)

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
        return await service.resolve(
            discrepancy, data.resolution, note=data.note, actor=request.user, now=await clock.now()
        )

    @post(
        "/{discrepancy:uuid}/assign",
        operation_id="assignDiscrepancy",
        summary="Give it to somebody",
        status_code=200,
        opt=HANDLING,
    )
    async def assign(
        self, discrepancy: FromPath[UUID], data: JSONBody[Assignment], request: Request[Actor, Any, Any]
    ) -> Discrepancy:
        """Give a case to a person of the caller's organisation, or to the other party of the manifest."""
        return await service.assign(
            discrepancy,
            organisation=data.organisation,
            person=data.person,
            actor=request.user,
            now=await clock.now(),
        )

    @post(
        "/{discrepancy:uuid}/evidence",
        operation_id="attachDiscrepancyEvidence",
        summary="Add evidence",
        status_code=200,
        opt=HANDLING,
    )
    async def attach(
        self, discrepancy: FromPath[UUID], data: JSONBody[Evidence], request: Request[Actor, Any, Any]
    ) -> Discrepancy:
        """Add words or the number of a seal to a case, settled or not; a photo is attached as a file about it."""
        return await service.attach(
            discrepancy,
            note=data.note,
            seal=data.seal,
            actor=request.user,
            now=await clock.now(),
        )

    @get("/{discrepancy:uuid}/swap", operation_id="getDiscrepancySwap", summary="Its swap", opt=SIGNED_IN)
    async def read_swap(self, discrepancy: FromPath[UUID], request: Request[Actor, Any, Any]) -> Proposal:
        """Give the swap that explains a case, as far as the caller may see it; none is no error."""
        return Proposal(swap=await service.swap_of(discrepancy, request.user))

    @post(
        "/{discrepancy:uuid}/swap",
        operation_id="resolveDiscrepancySwap",
        summary="Settle its swap as one",
        status_code=200,
        opt=HANDLING,
    )
    async def settle_swap(self, discrepancy: FromPath[UUID], request: Request[Actor, Any, Any]) -> Settled:
        """Settle every case of the swap in one step; for a party of both manifests."""
        cases = await service.settle(discrepancy, actor=request.user, now=await clock.now())
        return Settled(cases=tuple(cases))


HANDLERS = (DiscrepancyController,)
