"""Clocks and lead times over HTTP."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, get
from litestar.params import QueryParameter

from postal import clock
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.network.rules import start_of
from shipments.clocks import service
from shipments.clocks.repository import GroupBy
from shipments.clocks.rules import ClockName
from shipments.clocks.schemas import ClocksView, LeadTimes, view_of

AsOf = Annotated[Instant | None, QueryParameter(description="As known, and as it stood, at this instant")]
WhichClock = Annotated[ClockName, QueryParameter(name="clock", description="C1 to C7")]
By = Annotated[GroupBy | None, QueryParameter(description="One figure for all if absent")]
From = Annotated[
    date | None, QueryParameter(name="from", description="Clocks that began on this day or later")
]
To = Annotated[date | None, QueryParameter(name="to", description="Clocks that began before this day")]


@get(
    "/api/v1/dossiers/{code:str}/clocks",
    opt=SIGNED_IN,
    operation_id="getDossierClocks",
    summary="Every clock of a dossier, with its derivation",
    tags=["clocks"],
)
async def dossier_clocks(request: Request[Actor, Any, Any], code: PathCode, as_of: AsOf = None) -> ClocksView:
    """Thời hạn của hồ sơ: bắt đầu, kết thúc, tạm dừng, hạn, kết luận, căn cứ. Seconds, waits, due and verdict."""
    account = await service.clocks_of(code.upper(), actor=request.user, now=await clock.now(), as_of=as_of)
    return view_of(account.clocks, account.days)


@get(
    "/api/v1/lead-times",
    opt=SIGNED_IN,
    operation_id="getLeadTimes",
    summary="How long it took, by group",
    tags=["clocks"],
)
async def lead_times(
    request: Request[Actor, Any, Any],
    which: WhichClock = ClockName.END_TO_END,
    by: By = None,
    begin: From = None,
    end: To = None,
) -> LeadTimes:
    """Thời gian thực tế của các hồ sơ mà người gọi được xem. Of the dossiers that the caller may see."""
    groups = await service.lead_times(
        actor=request.user,
        clock=which,
        by=by,
        begin=start_of(begin) if begin else None,
        end=start_of(end) if end else None,
        now=await clock.now(),
    )
    return LeadTimes(clock=which.value, by=by.value if by else None, begin=begin, end=end, groups=groups)


HANDLERS = (dossier_clocks, lead_times)
