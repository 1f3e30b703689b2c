"""The queue towards the national portal, for a connector and for whoever watches it."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody

from manifests.reports.repository import Waiting
from manifests.reports.schemas import PortalReceipts
from manifests.reports.service import portal
from manifests.reports.service.portal import PortalFigures
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role


class PortalController(Controller):
    """What the national portal has acknowledged, and what it has not."""

    path = "/api/v1/portal"
    tags = ("reports",)

    @get(
        operation_id="getPortalFigures",
        summary="How far the national portal knows what we know",
        opt=SIGNED_IN,
    )
    async def figures(self, request: Request[Actor, Any, Any]) -> PortalFigures:
        """Give the synchronisation rate (QĐ 766, 1.4), what waits, and the errors by kind."""
        return await portal.figures(request.user)

    @get("/queue", operation_id="listPortalQueue", summary="Dossiers that wait for the portal", opt=SIGNED_IN)
    async def queue(
        self, request: Request[Actor, Any, Any], cursor: PageCursor = None, limit: PageLimit = DEFAULT_LIMIT
    ) -> Response[Page[Waiting]]:
        """List dossiers whose present status the portal has not acknowledged, oldest first."""
        found = await portal.queue(request.user, decode_cursor(cursor, tuple[datetime, str]), limit + 1)
        return paged(request, found, limit, key=lambda one: (one.registered_at, one.code))

    @post(
        "/receipts",
        operation_id="statePortalReceipts",
        summary="What the portal answered",
        status_code=200,
        opt=roles(Role.SYSTEM),
    )
    async def receive(
        self, data: JSONBody[PortalReceipts], request: Request[Actor, Any, Any]
    ) -> PortalFigures:
        """Keep the portal's answers, as a connector heard them."""
        return await portal.receive(data.receipts, actor=request.user, now=await clock.now())
