"""Steps and nonconformities over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import QueryParameter

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.http.problems import refuses
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from shipments.figures.schemas import From, To
from shipments.steps import repository, service
from shipments.steps.rules import State
from shipments.steps.schemas import (
    CorrectiveAction,
    NewNonconformity,
    NonconformityClosing,
    NonconformityOwner,
    NonconformityView,
    ProposalView,
    PublicationDecision,
    StepsView,
    StepTimes,
    analysis_view,
    nonconformity_view,
    proposal_view,
    steps_view,
)
from shipments.steps.service import Opening

READS = roles(
    Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR, Role.SYSTEM
) | refuses(422)
WRITES = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD) | refuses(409)
HEAD = roles(Role.AGENCY_HEAD) | refuses(409)

OfProcedure = Annotated[str | None, code_query("Only cases of this procedure")]
OfAuthority = Annotated[str | None, code_query("Only cases of this authority")]
OfDossier = Annotated[str | None, code_query("Only those about this dossier")]
InState = Annotated[State | None, QueryParameter(description="Only those in this state")]


@get(
    "/api/v1/dossiers/{code:str}/steps",
    opt=SIGNED_IN,
    operation_id="getDossierSteps",
    summary="The steps of a case: waiting, work, hours, who answers",
    tags=["steps"],
)
async def read(request: Request[Actor, Any, Any], code: PathCode) -> StepsView:
    """Read how each step went; for the agencies of the case and for inspectors."""
    return steps_view(await service.steps_of(code, actor=request.user, now=await clock.now()))


@get(
    "/api/v1/steps",
    opt=READS,
    operation_id="getStepTimes",
    summary="Where the time of finished cases went, whole months",
    tags=["steps"],
)
async def analyse(
    request: Request[Actor, Any, Any],
    procedure: OfProcedure = None,
    authority: OfAuthority = None,
    begin: From = None,
    end: To = None,
) -> StepTimes:
    """Read waiting and work by step and party of all cases that ended in the months, from sums that are kept.

    Who reads everything and names no authority reads the whole country, without parties.
    """
    found = await service.analysis(
        actor=request.user,
        procedure=procedure,
        authority=authority,
        begin=begin,
        end=end,
        now=await clock.now(),
    )
    return analysis_view(found)


@get(
    "/api/v1/steps/exceeded",
    opt=READS,
    operation_id="listExceededSteps",
    summary="Steps beyond their hours about which nothing was opened",
    tags=["steps"],
)
async def exceeded(
    request: Request[Actor, Any, Any],
    procedure: OfProcedure = None,
    authority: OfAuthority = None,
    begin: From = None,
    end: To = None,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[Page[ProposalView]]:
    """List them page by page, those of the cases first that ended last."""
    now = await clock.now()
    asked = service.asked_of(procedure, authority, begin, end, now)
    after = decode_cursor(cursor, tuple[datetime, str, int])
    found = await service.proposals(request.user, asked, after, limit + 1, now)
    return paged(
        request,
        [proposal_view(each) for each in found],
        limit,
        key=lambda each: (each.ended_at, each.dossier, each.step.ordinal),
    )


class NonconformityController(Controller):
    """What did not go as the process says."""

    path = "/api/v1/nonconformities"
    tags = ("steps",)

    @get("/", opt=READS, operation_id="listNonconformities", summary="Nonconformities, newest first")
    async def list_them(
        self,
        request: Request[Actor, Any, Any],
        dossier: OfDossier = None,
        standing: InState = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[NonconformityView]]:
        """List those of the caller's agencies."""
        after = decode_cursor(cursor, tuple[datetime, str])
        found = await repository.page_of(
            request.user, dossier=dossier, state=standing, after=after, limit=limit + 1
        )
        return paged(
            request,
            [nonconformity_view(each) for each in found],
            limit,
            key=lambda each: (each.opened_at, each.code),
        )

    @post("/", opt=WRITES, operation_id="openNonconformity", summary="Open a nonconformity")
    async def open_one(self, request: Request[Actor, Any, Any], data: NewNonconformity) -> NonconformityView:
        """Open one by hand, or take up what a step's hours propose."""
        opening = Opening(dossier=data.dossier, span=data.span, cause=data.cause)
        return nonconformity_view(await service.open_(opening, actor=request.user, now=await clock.now()))

    @post(
        "/{code:str}/assign",
        opt=WRITES,
        operation_id="assignNonconformity",
        summary="Give a nonconformity to somebody",
        status_code=200,
    )
    async def assign(
        self, request: Request[Actor, Any, Any], code: PathCode, data: NonconformityOwner
    ) -> NonconformityView:
        """Name who owns it."""
        now = await clock.now()
        return nonconformity_view(await service.assign(code, data.person, actor=request.user, now=now))

    @post(
        "/{code:str}/action",
        opt=WRITES,
        operation_id="stateCorrectiveAction",
        summary="State the cause and the corrective action",
        status_code=200,
    )
    async def act(
        self, request: Request[Actor, Any, Any], code: PathCode, data: CorrectiveAction
    ) -> NonconformityView:
        """State why it happened and what is done about it; the text stands apart from the ledger."""
        now = await clock.now()
        return nonconformity_view(
            await service.act(code, data.cause, data.action, actor=request.user, now=now)
        )

    @post(
        "/{code:str}/close",
        opt=HEAD,
        operation_id="closeNonconformity",
        summary="Close a nonconformity",
        status_code=200,
    )
    async def close(
        self, request: Request[Actor, Any, Any], code: PathCode, data: NonconformityClosing
    ) -> NonconformityView:
        """Close it, and say whether what was done helped."""
        now = await clock.now()
        return nonconformity_view(
            await service.close(code, effective=data.effective, actor=request.user, now=now)
        )

    @post(
        "/{code:str}/publication",
        opt=HEAD,
        operation_id="publishNonconformity",
        summary="Record the decision to publish a nonconformity",
        status_code=200,
    )
    async def publish(
        self, request: Request[Actor, Any, Any], code: PathCode, data: PublicationDecision
    ) -> NonconformityView:
        """Record who decided it and by which number; the system itself publishes nobody's name."""
        now = await clock.now()
        return nonconformity_view(await service.publish(code, data.decision, actor=request.user, now=now))


HANDLERS = (read, analyse, exceeded, NonconformityController)
