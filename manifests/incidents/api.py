"""JSON over HTTP: incidents and claims."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.params import JSONBody, QueryParameter

from manifests.incidents import repository, service
from manifests.incidents.repository import Claimant, Listed
from manifests.incidents.rules import SETTLERS, TAKERS, Claim, ClaimState, Standing
from manifests.incidents.schemas import Ending, Liability, NewClaim, NewIncident, Payment, ReissueStep
from manifests.incidents.service.claims import ClaimView
from manifests.incidents.service.incidents import IncidentView
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor

SETTLING = roles(*SETTLERS)

TAKING = roles(*TAKERS)
"""Who takes claims at a counter."""

InState = Annotated[Standing | None, QueryParameter(name="state", description="Open, found or closed")]
ClaimIn = Annotated[ClaimState | None, QueryParameter(name="state", description="Open, refused or answered")]
OfHolder = Annotated[str | None, code_query("Only those for which this organisation answers now")]
OfPiece = Annotated[str | None, code_query("Only those for this piece")]


class IncidentController(Controller):
    """Pieces that are lost or damaged, each by its own code."""

    path = "/api/v1/incidents"
    tags = ("incidents",)

    @get(
        operation_id="listIncidents", summary="Incidents of pieces that you see, newest first", opt=SIGNED_IN
    )
    async def list_incidents(
        self,
        request: Request[Actor, Any, Any],
        in_state: InState = None,
        holder: OfHolder = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Listed]]:
        """List incidents with who answers for the piece now."""
        found = await repository.page_of(
            request.user,
            piece=None,
            state=in_state,
            holder=holder,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.incident.opened_at, one.incident.piece))

    @post(operation_id="openIncident", summary="Open one by hand", opt=SETTLING)
    async def create(self, data: JSONBody[NewIncident], request: Request[Actor, Any, Any]) -> IncidentView:
        """Say that a piece is missing for good or damaged."""
        return await service.open_by_hand(data.piece, data.cause, actor=request.user, now=await clock.now())

    @get(
        "/{code:str}",
        operation_id="getIncident",
        summary="The incident of a piece: last holder and why, compensation, claims",
        opt=SIGNED_IN,
    )
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> IncidentView:
        """Give the incident of a piece that the caller sees."""
        return await service.incident_view(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/reissue",
        operation_id="stateReissue",
        summary="How far the re-issue of a paper is",
        status_code=200,
        opt=SETTLING,
    )
    async def step(
        self, code: PathCode, data: JSONBody[ReissueStep], request: Request[Actor, Any, Any]
    ) -> IncidentView:
        """Note a step of the re-issue of one paper and its cost."""
        return await service.reissue(
            code, data.paper, data.state, data.cost, actor=request.user, now=await clock.now()
        )

    @post(
        "/{code:str}/liability",
        operation_id="stateLiability",
        summary="The document of liability",
        status_code=200,
        opt=SETTLING,
    )
    async def liability(
        self, code: PathCode, request: Request[Actor, Any, Any], data: JSONBody[Liability | None] = None
    ) -> IncidentView:
        """Record the document; whoever makes it is liable, for no less than the law gives."""
        given = data or Liability()
        return await service.document(
            code, given.amount, given.fare, actor=request.user, now=await clock.now()
        )

    @post(
        "/{code:str}/payment",
        operation_id="stateCompensationPayment",
        summary="The compensation was paid",
        status_code=200,
        opt=SETTLING,
    )
    async def payment(
        self, code: PathCode, data: JSONBody[Payment], request: Request[Actor, Any, Any]
    ) -> IncidentView:
        """Record the payment."""
        return await service.pay(code, data.amount, actor=request.user, now=await clock.now())

    @post("/{code:str}/close", operation_id="closeIncident", summary="End it", status_code=200, opt=SETTLING)
    async def close(
        self, code: PathCode, data: JSONBody[Ending], request: Request[Actor, Any, Any]
    ) -> IncidentView:
        """Close an incident by the code of its outcome."""
        return await service.close(code, data.outcome, actor=request.user, now=await clock.now())


class ClaimController(Controller):
    """What citizens claim for lost, late and damaged pieces."""

    path = "/api/v1/claims"
    tags = ("incidents",)

    @get(operation_id="listClaims", summary="Claims for pieces that you see, newest first", opt=SIGNED_IN)
    async def list_claims(
        self,
        request: Request[Actor, Any, Any],
        in_state: ClaimIn = None,
        piece: OfPiece = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Claim]]:
        """List claims without who lodged them."""
        found = await repository.claims(
            request.user,
            code=None,
            piece=piece,
            state=in_state,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.lodged_at, one.code))

    @post(operation_id="registerClaim", summary="Take a claim", opt=TAKING)
    async def create(self, data: JSONBody[NewClaim], request: Request[Actor, Any, Any]) -> ClaimView:
        """Keep a claim and judge its window; a late one is kept and refused."""
        return await service.lodge(
            data.piece,
            data.kind,
            Claimant(**msgspec.structs.asdict(data.claimant)),
            lodged_at=data.lodged_at,
            actor=request.user,
            now=await clock.now(),
        )

    @get("/{code:str}", operation_id="getClaim", summary="A claim and what it is judged by", opt=SIGNED_IN)
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> ClaimView:
        """Give a claim; who lodged it is shown to the organisation that took it alone."""
        return await service.claim_view(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/answer",
        operation_id="resolveClaim",
        summary="Answer it",
        status_code=200,
        opt=SETTLING,
    )
    async def answer(
        self, code: PathCode, data: JSONBody[Ending], request: Request[Actor, Any, Any]
    ) -> ClaimView:
        """Answer a claim by the code of the outcome."""
        return await service.answer(code, data.outcome, actor=request.user, now=await clock.now())

    @delete(
        "/{code:str}/claimant",
        operation_id="eraseClaimant",
        summary="Forget who lodged it",
        status_code=204,
        opt=SETTLING,
    )
    async def erase(self, code: PathCode, request: Request[Actor, Any, Any]) -> None:
        """Erase the personal data of a claim; every proof about it stays valid."""
        await service.erase(code, actor=request.user, now=await clock.now())


HANDLERS = (IncidentController, ClaimController)
