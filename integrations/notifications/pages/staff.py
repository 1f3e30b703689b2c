"""What staff see of notices: those that did not arrive, with every try, and never an address."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from integrations.notifications import repository, service
from integrations.notifications.pages.words import KINDS, OUTCOMES, STATES
from integrations.notifications.rules import CHANNELS
from postal import clock
from postal.errors import Conflict, NotFound, PostalError
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

SEEING = frozenset(
    {Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR}
)
TRYING = SEEING - {Role.REGULATOR}


@get("/notices", opt=roles(*SEEING), include_in_schema=False, summary="Page: notices that did not arrive")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """List what failed or is tried again, of the dossiers that the caller sees, and how it goes with each way."""
    return await _page(request)


@post(
    "/notices/{notice:uuid}/again",
    opt=roles(*TRYING),
    status_code=200,
    include_in_schema=False,
    summary="Page: try a notice again",
)
async def again(request: Request[Actor, Any, Any], notice: FromPath[UUID]) -> Response[str]:
    """Try a failed notice once more."""
    try:
        await service.again(notice, actor=request.user, now=await clock.now())
    except (Conflict, NotFound) as refused:
        return await _page(request, refused=refused)
    return await _page(request, done=True)


async def _page(
    request: Request[Actor, Any, Any], *, refused: PostalError | None = None, done: bool = False
) -> Response[str]:
    found = await service.overview(request.user, await clock.now())
    return page(
        request,
        "notifications/staff.html",
        title=("Tin báo chưa đến", "Notices that did not arrive"),
        status=refused.status if refused else 200,
        refused=refused,
        done=done,
        notices=found.notices,
        ways=found.ways,
        tries=bool(TRYING & request.user.roles),
        channels=CHANNELS,
        kinds=KINDS,
        states=STATES,
        outcomes=OUTCOMES,
    )


async def _failed(actor: Actor, now: datetime) -> dict[str, Any] | None:
    number = await repository.failing(actor, now - service.FAILED_IN)
    return {"number": number} if number else None


def _needs(context: dict[str, Any]) -> list[Need]:
    return [
        Need(
            number=context["number"],
            title=("tin báo không đến được người dân", "notices did not reach citizens"),
            address="/notices",
            tone="bad",
        )
    ]


HANDLERS = (show, again)
HOME_SECTIONS = (
    HomeSection(
        title=("Tin báo chưa đến", "Notices that did not arrive"),
        template="notifications/_home.html",
        load=_failed,
        roles=SEEING,
        needs=_needs,
    ),
)
