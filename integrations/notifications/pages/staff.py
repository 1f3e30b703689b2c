"""What staff see of notices: those that did not arrive, with every try, and never an address."""

from typing import Any

from litestar import Request, Response, get

from integrations.notifications import repository
from integrations.notifications.pages.words import KINDS, OUTCOMES, STATES
from integrations.notifications.rules import CHANNELS
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.web.rendering import page

SEEING = frozenset(
    {Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR}
)
SHOWN = 100


@get("/notices", opt=roles(*SEEING), include_in_schema=False, summary="Page: notices that did not arrive")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """List what failed or is tried again, of the dossiers that the caller sees."""
    return page(
        request,
        "notifications/staff.html",
        title=("Tin báo chưa đến", "Notices that did not arrive"),
        notices=await repository.listed(actor=request.user, failed=True, limit=SHOWN),
        channels=CHANNELS,
        kinds=KINDS,
        states=STATES,
        outcomes=OUTCOMES,
    )


HANDLERS = (show,)
