"""JSON over HTTP: what waits, draft manifests from demand, and letting one go but for some of its pieces."""

from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.params import JSONBody, QueryParameter

from manifests.manifests.api import HANDLING
from manifests.planning import service
from manifests.planning.rules import Capacity
from manifests.planning.schemas import (
    Dispatched,
    Plan,
    PlanRequest,
    SealAndDispatch,
    WaitingView,
    groups_of,
)
from postal import clock
from postal.http.parameters import PathCode, code_query
from postal.identity.rules import Actor
from postal.instants import Instant

OfGiver = Annotated[str | None, code_query("Whose demand; your own organisation's when absent")]
ForReceiver = Annotated[str | None, code_query("Only what can go to this organisation")]
CutOff = Annotated[Instant | None, QueryParameter(description="When the vehicle leaves; now when absent")]


class PlanningController(Controller):
    """What waits, put on manifests."""

    path = "/api/v1/manifests"
    tags = ("manifests",)

    @get(
        "/waiting",
        operation_id="listWaitingPieces",
        summary="What waits, for whom, and by when it must leave",
        opt=HANDLING,
    )
    async def waiting(
        self,
        request: Request[Actor, Any, Any],
        giver: OfGiver = None,
        receiver: ForReceiver = None,
        cut_off: CutOff = None,
    ) -> WaitingView:
        """Tell what waits at a giver, the most urgent first."""
        own, leaving, ready = await service.waiting(
            giver=giver, receiver=receiver, cut_off=cut_off, actor=request.user, now=await clock.now()
        )
        return WaitingView(giver=own, departures=leaving, groups=groups_of(ready))

    @post("/plan", operation_id="planManifests", summary="Make drafts of what waits at a giver", opt=HANDLING)
    async def plan(self, data: JSONBody[PlanRequest], request: Request[Actor, Any, Any]) -> Plan:
        """Make drafts, one receiver each, the most urgent first, within what the vehicle holds."""
        vehicle = data.vehicle
        made, planned = await service.make_drafts(
            giver=data.giver,
            receiver=data.receiver,
            carrier=data.carrier,
            route=data.route,
            cut_off=data.cut_off,
            capacity=Capacity(
                items=vehicle.items if vehicle else None,
                bags=vehicle.bags if vehicle else None,
                lines=data.max_items,
            ),
            actor=request.user,
            now=await clock.now(),
        )
        return Plan(
            manifests=made,
            left=service.stays(planned),
            planned=[piece for group in planned.groups for piece in group.pieces],
            unplanned=planned.left,
        )

    @post(
        "/{code:str}/seal-and-dispatch",
        operation_id="sealAndDispatchManifest",
        summary="Let it go, all but these",
        status_code=200,
        opt=HANDLING,
    )
    async def seal_and_dispatch(
        self,
        code: PathCode,
        request: Request[Actor, Any, Any],
        data: JSONBody[SealAndDispatch | None] = None,
    ) -> Dispatched:
        """Take the exceptions off the draft, seal it and send it on its way, in one step."""
        exceptions = [(one.piece, one.reason) for one in data.exceptions] if data else []
        manifest, left_off = await service.seal_and_dispatch(
            code, exceptions, actor=request.user, now=await clock.now()
        )
        return Dispatched(manifest=manifest, exceptions=left_off)


HANDLERS = (PlanningController,)
