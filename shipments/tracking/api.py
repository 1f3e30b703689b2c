"""Tracking over HTTP: open to anybody, slowly."""

from datetime import date
from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from postal import clock
from postal.http.limits import limited
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.identity.access import ANYONE, roles
from postal.identity.rules import Actor, Role
from shipments.tracking import service
from shipments.tracking.repository import Setting
from shipments.tracking.schemas import SecondFactor, TrackView, UnlockedView, unlocked_view, view

DECIDING = roles(Role.AGENCY_HEAD, Role.SYSTEM)
SHUTTING = roles(Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.AGENCY_HEAD)
OPEN = {**ANYONE, **limited("tracking", 20, 60), **refuses(422)}


class TrackController(Controller):
    """The citizen's view of a dossier, a result or an item."""

    path = "/api/v1/track"
    tags = ("tracking",)

    @get(
        "/{code:str}",
        opt=OPEN,
        operation_id="trackPiece",
        summary="Where a dossier or an item stands, anonymously",
    )
    async def track(self, code: PathCode) -> TrackView:
        """Answer with a plain stage and one true sentence; nothing personal, no department."""
        return view(await service.track(code, await clock.now()))

    @post(
        "/{code:str}",
        opt=OPEN,
        status_code=200,
        operation_id="unlockTracking",
        summary="The fuller timeline, with the last four digits of the phone number",
    )
    async def unlock(self, code: PathCode, data: SecondFactor) -> UnlockedView:
        """Answer an unknown code, wrong digits and a locked code alike; five failures lock a code for a day."""
        return unlocked_view(await service.unlock(code, data.last4, await clock.now()))


class NewSetting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the agency's dossiers may be tracked by their code alone, from which day, and by which decision."""

    by_dossier_code: bool
    valid_from: date
    decision: Annotated[str, Meta(min_length=1, max_length=200)]


class Shut(Struct, frozen=True, kw_only=True):
    """How many links were open."""

    links: int


class TrackingSettingController(Controller):
    """What an agency says about tracking its dossiers."""

    path = "/api/v1/tracking-settings"
    tags = ("tracking",)

    @get(
        opt=DECIDING,
        operation_id="listTrackingSettings",
        summary="Tracking by dossier code: your agency's decisions",
    )
    async def list_settings(self, request: Request[Actor, Any, Any]) -> list[Setting]:
        """Give what your agency decided, what holds last first; without a row it is not allowed."""
        return await service.read_settings(request.user.organisation or "")

    @post(
        opt=DECIDING,
        status_code=200,
        operation_id="stateTrackingSetting",
        summary="Decide on tracking by dossier code",
    )
    async def state(self, data: JSONBody[NewSetting], request: Request[Actor, Any, Any]) -> list[Setting]:
        """State it from today or a later day on."""
        return await service.state_setting(
            by_dossier_code=data.by_dossier_code,
            valid_from=data.valid_from,
            decision=data.decision,
            actor=request.user,
            now=await clock.now(),
        )


@post(
    "/api/v1/dossiers/{code:str}/track-link/revoke",
    opt=SHUTTING,
    status_code=200,
    operation_id="revokeTrackLink",
    summary="Shut the link on a slip that was lost",
    tags=["tracking"],
)
async def revoke_link(code: PathCode, request: Request[Actor, Any, Any]) -> Shut:
    """Shut it; the next slip that is printed carries another."""
    return Shut(links=await service.revoke(code, actor=request.user, now=await clock.now()))


HANDLERS = (TrackController, TrackingSettingController, revoke_link)
