"""Clocks and lead times over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import QueryParameter

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.network.rules import start_of
from shipments.clocks import service
from shipments.clocks.repository import DeadlineMove, GroupBy, HolderLoad, OpenClock, Standing
from shipments.clocks.rules import ClockName
from shipments.clocks.schemas import ClocksView, LeadTimes, view_of

InStanding = Annotated[
    Standing | None, QueryParameter(name="standing", description="Only clocks that stand like this now")
]
OfHolder = Annotated[str | None, code_query("Only what waits for this organisation")]
OfDecision = Annotated[UUID | None, QueryParameter(description="Only what this decision moved")]
OfDossier = Annotated[str | None, code_query("Only of this dossier")]
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
    return view_of(account.clocks, account.derivations, account.days)


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


@get(
    "/api/v1/clocks/open",
    opt=SIGNED_IN,
    operation_id="listOpenClocks",
    summary="What is running, near due or overdue, and whose step it is",
    tags=["clocks"],
)
async def open_clocks(
    request: Request[Actor, Any, Any],
    which: WhichClock = ClockName.STATUTORY,
    standing: InStanding = None,
    holder: OfHolder = None,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[Page[OpenClock]]:
    """Hồ sơ đang trong hạn, sắp đến hạn, quá hạn, và đang ở bước của ai. Open clocks, those due first in front."""
    found = await service.open_clocks(
        actor=request.user,
        now=await clock.now(),
        standing=standing,
        clock=which,
        holder=holder,
        after=decode_cursor(cursor, tuple[datetime, str, str, int]),
        limit=limit + 1,
    )
    return paged(request, found, limit, key=lambda each: (each.due, each.dossier, each.clock, each.ordinal))


@get(
    "/api/v1/clocks/holders",
    opt=SIGNED_IN,
    operation_id="listClockHolders",
    summary="How much waits for whom",
    tags=["clocks"],
)
async def holders(
    request: Request[Actor, Any, Any], which: WhichClock = ClockName.STATUTORY
) -> list[HolderLoad]:
    """Số hồ sơ đang chờ từng đơn vị, sắp đến hạn và quá hạn. Open clocks by holder, most overdue first."""
    return await service.open_by_holder(actor=request.user, now=await clock.now(), clock=which)


@get(
    "/api/v1/deadline-moves",
    opt=SIGNED_IN,
    operation_id="listDeadlineMoves",
    summary="Deadlines that decisions on calendars moved",
    tags=["clocks"],
)
async def deadline_moves(
    request: Request[Actor, Any, Any],
    decision: OfDecision = None,
    dossier: OfDossier = None,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[Page[DeadlineMove]]:
    """Thời hạn thay đổi do quyết định về lịch làm việc, giữ cả ngày cũ và ngày mới. Both dates of each."""
    found = await service.list_moves(
        actor=request.user,
        decision=decision,
        dossier=dossier,
        after=decode_cursor(cursor, tuple[datetime, str, str, int]),
        limit=limit + 1,
    )
    return paged(
        request, found, limit, key=lambda each: (each.moved_at, each.dossier, each.clock, each.ordinal)
    )


HANDLERS = (dossier_clocks, lead_times, open_clocks, holders, deadline_moves)
