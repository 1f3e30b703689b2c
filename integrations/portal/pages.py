"""The page of what agencies' systems and the portal were told."""

from typing import Any

from litestar import Request, Response, get

from integrations.portal.rules import STATUS_NAMES
from integrations.portal.service.watching import watch
from manifests.reports.service import portal as synchronised
from postal import clock
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.web.rendering import page

SEEING = frozenset({Role.ADMIN, Role.DESK, Role.AGENCY_HEAD, Role.SUPERVISOR, Role.CONTROL, Role.REGULATOR})
STANDINGS = {
    "fresh": ("đúng hạn", "in time", "good"),
    "late": ("chậm", "late", "bad"),
    "stopped": ("có tin bị dừng", "some were given up", "bad"),
    "idle": ("chưa gửi gì", "nothing sent yet", ""),
}


@get("/portal", opt=roles(*SEEING), include_in_schema=False, summary="Page: what the portal was told")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show what waits, what failed and why, how late it is, and against which format this was built."""
    actor = request.user
    return page(
        request,
        "portal/queue.html",
        title=("Đồng bộ Cổng Dịch vụ công", "Synchronisation with the national portal"),
        watched=await watch(actor, await clock.now()),
        figures=await synchronised.figures(actor),
        standings=STANDINGS,
        statuses=STATUS_NAMES,
        deliveries=bool(actor.roles & {Role.ADMIN, Role.CONTROL, Role.REGULATOR}),
    )


HANDLERS = (show,)
