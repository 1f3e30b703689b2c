"""Tracking over HTTP: open to anybody, slowly."""

from litestar import Controller, get, post

from postal import clock
from postal.http.limits import limited
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.identity.access import ANYONE
from shipments.tracking import service
from shipments.tracking.schemas import SecondFactor, TrackView, UnlockedView, unlocked_view, view

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
