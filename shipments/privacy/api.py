"""Requests of data subjects over HTTP."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from postal import clock
from postal.files.vault import vault_of
from postal.http.idempotency import ONCE_ONLY
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from shipments.privacy import repository, service
from shipments.privacy.repository import Wanted
from shipments.privacy.rules import Kind, State
from shipments.privacy.rules import Request as Asked
from shipments.privacy.schemas import Correction, Erasing, Identified, NewRequest, Refusing
from shipments.privacy.service import Erased, Export, Reading

TAKING = roles(
    Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.SYSTEM
)
DOING = roles(Role.SUPERVISOR, Role.AGENCY_HEAD)

InState = Annotated[State | None, QueryParameter(name="state", description="How far it is")]
OfKind = Annotated[Kind | None, QueryParameter(name="kind", description="What is asked for")]
LateOnly = Annotated[bool | None, QueryParameter(name="late", description="Only those that are late now")]


class PrivacyController(Controller):
    """What people ask about their own data."""

    path = "/api/v1/privacy-requests"
    tags = ("privacy",)

    @get(opt=SIGNED_IN, operation_id="listPrivacyRequests", summary="Requests that you took, newest first")
    async def list_requests(
        self,
        request: Request[Actor, Any, Any],
        in_state: InState = None,
        kind: OfKind = None,
        late: LateOnly = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Asked]]:
        """List requests with their limits."""
        wanted = Wanted(state=in_state, kind=kind, late_at=await clock.now() if late else None)
        after = decode_cursor(cursor, tuple[datetime, str])
        found = await repository.page_of(request.user, wanted, after, limit + 1)
        return paged(request, found, limit, key=lambda one: (one.received_at, one.code))

    @post(opt=TAKING, operation_id="registerPrivacyRequest", summary="Take a request")
    async def create(self, data: JSONBody[NewRequest], request: Request[Actor, Any, Any]) -> Reading:
        """Take what a person asks for about a dossier, and reckon by when it must be done."""
        return await service.take(data.dossier, data.kind, actor=request.user, now=await clock.now())

    @get("/{code:str}", opt=SIGNED_IN, operation_id="getPrivacyRequest", summary="A request and its limits")
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> Reading:
        """Give a request, and until when the law keeps what it is about."""
        return await service.read(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/verify",
        opt=TAKING,
        status_code=200,
        operation_id="verifyPrivacyRequest",
        summary="Who asks was identified",
    )
    async def verify(
        self, code: PathCode, data: JSONBody[Identified], request: Request[Actor, Any, Any]
    ) -> Reading:
        """State by what kind of paper; its number is kept nowhere."""
        return await service.verify(code, data.identity, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/refuse",
        opt=TAKING,
        status_code=200,
        operation_id="refusePrivacyRequest",
        summary="Refuse it, with the reason",
    )
    async def refuse(
        self, code: PathCode, data: JSONBody[Refusing], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Refuse by the code of a reason."""
        return await service.refuse(code, data.reason, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/export",
        opt={**DOING, **ONCE_ONLY},
        status_code=200,
        operation_id="exportPersonalData",
        summary="Everything that is held about the person",
    )
    async def export(self, code: PathCode, request: Request[Actor, Any, Any]) -> Export:
        """Give out what is held, machine-readable, and who looked; each time is noted in the audit log."""
        return await service.export(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/complete",
        opt=DOING,
        status_code=200,
        operation_id="completePrivacyRequest",
        summary="Who asked has got it",
    )
    async def complete(self, code: PathCode, request: Request[Actor, Any, Any]) -> Reading:
        """End a request for access."""
        return await service.complete(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/correct",
        opt={**DOING, **refuses(410)},
        status_code=200,
        operation_id="correctPersonalData",
        summary="Correct what is held of the applicant",
    )
    async def correct(
        self, code: PathCode, data: JSONBody[Correction], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Correct; the ledger keeps which fields changed, never their values."""
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not None}
        return await service.correct(code, changes, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/erase",
        opt=DOING,
        status_code=200,
        operation_id="erasePersonalData",
        summary="Erase what is held about the person",
    )
    async def erase(
        self, code: PathCode, request: Request[Actor, Any, Any], data: JSONBody[Erasing | None] = None
    ) -> Erased:
        """Erase for good; what the law still keeps is refused with its day, unless a partial erasure is asked for."""
        return await service.erase(
            code,
            partly=data is not None and data.partly,
            vault=vault_of(request.app.state.settings),
            actor=request.user,
            now=await clock.now(),
        )


HANDLERS = (PrivacyController,)
