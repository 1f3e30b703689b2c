"""The network page: what waits where, for those who answer for it."""

from datetime import datetime, timedelta

from msgspec import Struct

from manifests.oversight import repository
from manifests.oversight.rules import Province, Queue, Sort
from postal.identity import service as identity
from postal.identity.rules import Actor
from postal.law.repository import constants_at
from postal.network.rules import local_day

ON_A_PAGE = 50
AT_ONCE = 1_000
"""So many organisations are listed at once; a larger scope is entered by its provinces."""

RUN_HOURS = "oversight.run_hours"


class Network(Struct, frozen=True, kw_only=True):
    """Provinces to enter, or the organisations of one or of a small scope; `following` begins the page after."""

    provinces: list[Province]
    queues: list[Queue] | None
    following: tuple[float, str] | None
    run_hours: int


async def network_of(
    actor: Actor, *, province: str | None, sort: Sort, after: tuple[float, str] | None, now: datetime
) -> Network:
    """Show what waits at the organisations in the actor's scope, as identity draws it."""
    scope = await identity.scope_of(actor)
    today = local_day(now)
    hours = int((await constants_at(today)).number(RUN_HOURS))
    run = timedelta(hours=hours)
    large = scope is None or len(scope) > AT_ONCE
    provinces = await repository.provinces(scope, today=today, now=now, run=run) if large else []
    if large and province is None:
        return Network(provinces=provinces, queues=None, following=None, run_hours=hours)
    found = await repository.queues(
        scope,
        province=province,
        today=today,
        now=now,
        run=run,
        sort=sort,
        after=after,
        limit=ON_A_PAGE + 1,
    )
    shown = found[:ON_A_PAGE]
    following = (shown[-1].key, shown[-1].code) if len(found) > ON_A_PAGE else None
    return Network(provinces=provinces, queues=shown, following=following, run_hours=hours)
