"""Dossiers over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from postal import clock
from postal.config import code_key
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.instants import utc
from shipments.dossiers import papers, reading, service
from shipments.dossiers.reading import Reading
from shipments.dossiers.repository import Filter
from shipments.dossiers.rules import Applicant, Dossier, Line, Registering
from shipments.dossiers.rules.papers import Papers
from shipments.dossiers.schemas import (
    ApplicantView,
    DossierSummary,
    DossierView,
    EventView,
    LineView,
    NewDossier,
    NewEvent,
    OldPaperList,
    OldPaperWaiver,
    PaperCorrection,
    ProcedureView,
    ReturnedLines,
)
from shipments.dossiers.service import Statement
from shipments.pieces.rules import result_code

REGISTERS = roles(Role.CLERK, Role.POST_DESK, Role.DESK, Role.SYSTEM)
STATES = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.SYSTEM)

StatusFilter = Annotated[
    int | None, QueryParameter(ge=1, le=10, description="One of the portal's ten states")
]
OrganisationFilter = Annotated[
    str | None, QueryParameter(max_length=35, description="Its desk, authority, office or unit in charge")
]
CodeFilter = Annotated[
    str | None, QueryParameter(min_length=3, max_length=60, description="A part of the code")
]


class DossierController(Controller):
    """Application files and their cases."""

    path = "/api/v1/dossiers"
    tags = ("dossiers",)

    @post("/", opt=REGISTERS, operation_id="registerDossier", summary="Register a dossier")
    async def register(self, request: Request[Actor, Any, Any], data: NewDossier) -> DossierView:
        """Register a dossier with its applicant and papers, if the law lets the post carry it this way."""
        now = await clock.now()
        key = code_key(request.app.state.settings)
        dossier = await service.register(
            registering_of(data, request.user), actor=request.user, now=now, key=key
        )
        return _view(await reading.read(dossier.code, request.user, stated=True), now)

    @get(
        "/",
        opt=SIGNED_IN,
        operation_id="listDossiers",
        summary="Dossiers that the caller may see, newest first",
    )
    async def list_dossiers(
        self,
        request: Request[Actor, Any, Any],
        status: StatusFilter = None,
        organisation: OrganisationFilter = None,
        q: CodeFilter = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[DossierSummary]]:
        """List by cursor; `q` is a part of the code, since names do not belong in addresses."""
        now = await clock.now()
        after = decode_cursor(cursor, tuple[datetime, str])
        wanted = Filter(status=status, organisation=organisation, code=q.upper() if q else None)
        found = await reading.page_of(request.user, wanted, after, limit + 1)
        return paged(
            request,
            [_summary(dossier, now) for dossier in found],
            limit,
            key=lambda row: (row.registered_at, row.code),
        )

    @get("/{code:str}", opt=SIGNED_IN, operation_id="getDossier", summary="A dossier")
    async def read(self, request: Request[Actor, Any, Any], code: PathCode) -> DossierView:
        """Read a dossier as far as the caller may know of it."""
        return _view(await reading.read(code, request.user), await clock.now())

    @post(
        "/{code:str}/events",
        opt=STATES,
        operation_id="stateCaseEvent",
        summary="A case event from the agency",
    )
    async def state(self, request: Request[Actor, Any, Any], code: PathCode, data: NewEvent) -> DossierView:
        """Record one event if the case allows it now; the answer says which may follow."""
        now = await clock.now()
        await service.state(code, _statement(data), actor=request.user, now=now)
        return _view(await reading.read(code, request.user), now)

    @get(
        "/{code:str}/papers",
        opt=SIGNED_IN,
        operation_id="getDossierPapers",
        summary="Originals owed, counts, old papers",
    )
    async def read_papers(self, request: Request[Actor, Any, Any], code: PathCode) -> Papers:
        """Tell which originals are still owed, what each handover counted, and which old papers are on their way."""
        return await papers.read(code, request.user)

    @post(
        "/{code:str}/papers/returned",
        opt=roles(Role.CLERK, Role.COURIER, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.SYSTEM),
        operation_id="stateReturnedPapers",
        summary="Which originals the citizen got",
        status_code=200,
    )
    async def state_returned(
        self, request: Request[Actor, Any, Any], code: PathCode, data: ReturnedLines
    ) -> Papers:
        """Name the originals that were handed over where the delivery counted fewer than all."""
        return await papers.state_returned(code, data.lines, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/old-papers",
        opt=STATES,
        operation_id="stateOldPapers",
        summary="Old papers to be taken back",
    )
    async def want_back(
        self, request: Request[Actor, Any, Any], code: PathCode, data: OldPaperList
    ) -> Papers:
        """State what must be taken back when the result is delivered; the case stays open until it is there."""
        return await papers.want_back(code, _old(data), actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/old-papers/receive",
        opt=STATES,
        operation_id="receiveOldPapers",
        summary="Old papers that reached the agency",
        status_code=200,
    )
    async def receive_back(
        self, request: Request[Actor, Any, Any], code: PathCode, data: OldPaperList
    ) -> Papers:
        """State which old papers came in."""
        return await papers.receive_back(code, _old(data), actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/old-papers/waive",
        opt=STATES,
        operation_id="stateOldPapersWaived",
        summary="Let old papers go",
        status_code=200,
    )
    async def waive(self, request: Request[Actor, Any, Any], code: PathCode, data: OldPaperWaiver) -> Papers:
        """Waive old papers of one kind; for the head of the agency."""
        return await papers.waive(code, data.kind, data.reason, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/papers/{statement:uuid}/correct",
        opt=roles(
            Role.CLERK,
            Role.COURIER,
            Role.POST_DESK,
            Role.DESK,
            Role.SPECIALIST,
            Role.SUPERVISOR,
            Role.AGENCY_HEAD,
        ),
        operation_id="correctPaperStatement",
        summary="Take back what was stated of papers",
        status_code=200,
    )
    async def correct_statement(
        self,
        request: Request[Actor, Any, Any],
        code: PathCode,
        statement: FromPath[UUID],
        data: PaperCorrection,
    ) -> Papers:
        """Let a statement of `statements` count no more, while the case is open; it stays readable."""
        return await papers.correct(code, statement, data.reason, actor=request.user, now=await clock.now())


def _old(data: OldPaperList) -> list[papers.OldPapers]:
    return [papers.OldPapers(kind=each.kind, count=each.count) for each in data.papers]


def registering_of(data: NewDossier, actor: Actor) -> Registering:
    """Read what a caller stated of a new dossier; at a post office the caller's own is meant where none is named."""
    office = data.office
    if office is None and actor.roles & {Role.CLERK, Role.POST_DESK}:
        office = actor.organisation
    return Registering(
        procedure=data.procedure,
        authority=data.authority,
        desk=data.desk,
        office=office,
        service_mode=data.service_mode,
        code=data.code,
        applicant=Applicant(**msgspec.structs.asdict(data.applicant)),
        lines=tuple(
            Line(number=number, **msgspec.structs.asdict(line)) for number, line in enumerate(data.lines, 1)
        ),
        registered_at=utc(data.registered_at) if data.registered_at else None,
        channel=data.channel,
        consent=data.consent,
    )


def _statement(data: NewEvent) -> Statement:
    fields = {
        "due": utc(data.due).isoformat() if data.due else None,
        "step": data.step,
        "unit": data.unit,
        "reason": data.reason,
        "apology": data.apology,
        "override": data.override,
        "decision": data.decision,
        "items": list(data.items) or None,
    }
    body = {name: value for name, value in fields.items() if value is not None}
    return Statement(
        kind=data.kind, at=utc(data.occurred_at) if data.occurred_at else None, id=data.id, body=body
    )


def _overdue(dossier: Dossier, now: datetime) -> bool:
    """Judge against the promise that holds; whether the first one was kept is a matter of the clocks."""
    due = dossier.due_that_holds
    return due is not None and (dossier.ended_at or now) > due


def _summary(dossier: Dossier, now: datetime) -> DossierSummary:
    return DossierSummary(
        code=dossier.code,
        procedure=dossier.procedure,
        authority=dossier.authority,
        desk=dossier.desk,
        office=dossier.office,
        service_mode=dossier.service_mode,
        status=dossier.status.value,
        status_name=dossier.status.name.lower(),
        registered_at=dossier.registered_at,
        received_at=dossier.received_at,
        due_first=dossier.due_first,
        due_now=dossier.due_that_holds,
        completed_at=dossier.completed_at,
        closed_at=dossier.closed_at,
        overdue=_overdue(dossier, now),
        source=dossier.source,
    )


def _view(found: Reading, now: datetime) -> DossierView:
    dossier, procedure = found.dossier, found.procedure
    return DossierView(
        code=dossier.code,
        result=result_code(dossier.code),
        procedure=ProcedureView(
            code=dossier.procedure,
            version=dossier.procedure_version,
            name_vi=procedure.name_vi if procedure else None,
            name_en=procedure.name_en if procedure else None,
            citation=procedure.citation if procedure else None,
            status=procedure.status.value if procedure else None,
        ),
        authority=dossier.authority,
        desk=dossier.desk,
        office=dossier.office,
        unit=dossier.unit,
        service_mode=dossier.service_mode,
        status=dossier.status.value,
        status_name=dossier.status.name.lower(),
        withdrawn=dossier.withdrawn,
        registered_at=dossier.registered_at,
        registered_by=dossier.registered_by,
        received_at=dossier.received_at,
        due_first=dossier.due_first,
        due_now=dossier.due_that_holds,
        completed_at=dossier.completed_at,
        result_at_desk_at=dossier.result_at_desk_at,
        closed_at=dossier.closed_at,
        overdue=_overdue(dossier, now),
        supplements=dossier.supplements,
        extensions=dossier.extensions,
        source=dossier.source,
        channel=dossier.channel,
        consent=dossier.consent,
        lines=[LineView(**msgspec.structs.asdict(line)) for line in found.lines],
        applicant=ApplicantView(**msgspec.structs.asdict(found.applicant)) if found.applicant else None,
        allowed=list(found.allowed),
        events=_events(found) if found.events is not None else None,
    )


def _events(found: Reading) -> list[EventView]:
    ordered = sorted(found.events or (), key=lambda event: (event.at, event.id))
    return [
        EventView(
            id=event.id,
            kind=event.kind,
            at=event.at,
            organisation=event.organisation,
            body={
                name: value for name, value in event.body.items() if name not in {"applicant", "documents"}
            },
            flags=tuple(flag.code for flag in found.case.flags if flag.event == event.id),
        )
        for event in ordered
    ]
