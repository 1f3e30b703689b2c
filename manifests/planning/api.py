"""JSON over HTTP: draft manifests from demand."""

from typing import Any

from litestar import Controller, Request, post
from litestar.params import JSONBody

from manifests.manifests.api import HANDLING
from manifests.planning import service
from manifests.planning.schemas import Plan, PlanRequest
from postal import clock
from postal.identity.rules import Actor


class PlanningController(Controller):
    """What waits, put on manifests."""

    path = "/api/v1/manifests/plan"
    tags = ("manifests",)

    @post(operation_id="planManifests", summary="Make drafts of what waits at a giver", opt=HANDLING)
    async def plan(self, data: JSONBody[PlanRequest], request: Request[Actor, Any, Any]) -> Plan:
        """Make drafts, one receiver each."""
        made, left = await service.plan(
            giver=data.giver,
            receiver=data.receiver,
            carrier=data.carrier,
            cut_off=data.cut_off,
            max_items=data.max_items,
            actor=request.user,
            now=await clock.now(),
        )
        return Plan(manifests=made, left=left)


HANDLERS = (PlanningController,)
