"""JSON over HTTP: the lifecycle of manifests. Closing stands with reconciliation, which decides it."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post, put
from litestar.params import JSONBody, QueryParameter

from manifests.manifests import repository, service
from manifests.manifests.rules import Manifest, State
from manifests.manifests.schemas import DraftLines, NewManifest, Reception
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role

HANDLING = roles(Role.DESK, Role.CLERK, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK, Role.SYSTEM)
"""Who gives and takes over papers."""


OfGiver = Annotated[str | None, code_query("Only those that this organisation gives")]
OfReceiver = Annotated[str | None, code_query("Only those that this organisation receives")]
InState = Annotated[State | None, QueryParameter(name="state", description="Only those in this state")]
"""Under another name in Python, because Litestar keeps `state` for itself."""


class ManifestController(Controller):
    """Sealed lists of pieces to be handed over."""

    path = "/api/v1/manifests"
    tags = ("manifests",)

    @post(operation_id="createManifest", summary="Make a draft", opt=HANDLING)
    async def create(self, data: JSONBody[NewManifest], request: Request[Actor, Any, Any]) -> Manifest:
        """Make a draft of which the caller's organisation is the giver."""
        return await service.create(
            receiver=data.receiver,
            giver=data.giver,
            carrier=data.carrier,
            route=data.route,
            cut_off=data.cut_off,
            note=data.note,
            lines=data.lines,
            actor=request.user,
            now=await clock.now(),
        )

    @get(operation_id="listManifests", summary="Your manifests, newest first, without lines", opt=SIGNED_IN)
    async def list_manifests(
        self,
        request: Request[Actor, Any, Any],
        in_state: InState = None,
        giver: OfGiver = None,
        receiver: OfReceiver = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Manifest]]:
        """List the manifests of which the caller is giver, receiver or carrier."""
        found = await repository.page_of(
            request.user,
            state=in_state,
            giver=giver,
            receiver=receiver,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.created_at, one.code))

    @get("/{code:str}", operation_id="getManifest", summary="A manifest with its lines", opt=SIGNED_IN)
    async def get_manifest(self, code: PathCode, request: Request[Actor, Any, Any]) -> Manifest:
        """Give a manifest to its parties."""
        return await repository.get(code, request.user)

    @put(
        "/{code:str}/lines",
        operation_id="replaceManifestLines",
        summary="Replace the lines of a draft",
        opt=HANDLING,
    )
    async def edit(
        self, code: PathCode, data: JSONBody[DraftLines], request: Request[Actor, Any, Any]
    ) -> Manifest:
        """Replace the list of a draft."""
        return await service.edit(code, data.lines, actor=request.user)

    @post(
        "/{code:str}/seal",
        operation_id="sealManifest",
        summary="Fix the list",
        status_code=200,
        opt=HANDLING,
    )
    async def seal(self, code: PathCode, request: Request[Actor, Any, Any]) -> Manifest:
        """Seal a draft; the answer has the digest."""
        return await service.seal(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/dispatch",
        operation_id="dispatchManifest",
        summary="Send it on its way",
        status_code=200,
        opt=HANDLING,
    )
    async def dispatch(self, code: PathCode, request: Request[Actor, Any, Any]) -> Manifest:
        """Offer every line to the receiver."""
        return await service.dispatch(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/receive",
        operation_id="receiveManifest",
        summary="Take it over as a whole, by its barcode",
        status_code=200,
        opt=HANDLING,
    )
    async def receive(
        self, code: PathCode, request: Request[Actor, Any, Any], data: JSONBody[Reception | None] = None
    ) -> Manifest:
        """Accept the manifest; its lines are unverified until each is scanned."""
        return await service.receive(
            code, actor=request.user, now=await clock.now(), at=data.at if data else None
        )

    @post(
        "/{code:str}/cancel",
        operation_id="cancelManifest",
        summary="Give it up before it leaves",
        status_code=200,
        opt=HANDLING,
    )
    async def cancel(self, code: PathCode, request: Request[Actor, Any, Any]) -> Manifest:
        """Cancel a draft or a sealed manifest."""
        return await service.cancel(code, actor=request.user, now=await clock.now())


HANDLERS = (ManifestController,)
