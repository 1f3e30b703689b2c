"""Whether this process can do its work now."""

import asyncio
from typing import Any, Literal

import msgspec
from litestar.datastructures import State

from postal import clock, db
from postal.clock import Mode
from postal.db.durability import unsafe_switches
from postal.db.migrations import pending
from postal.errors import Unavailable
from postal.http.counters import SharedCounter

PATIENCE_S = 1.8

Word = Literal["ok", "down", "behind", "absent", "unsafe"]


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What a load balancer asks. `valkey` may be down: scanning and tracking go on without it.

    The database is `unsafe` when it has come back with a setting under which an acknowledged row can be lost.
    A process that is about to end is `draining`: it answers still, and wants no more.
    """

    ready: bool
    database: Word
    migrations: Word
    valkey: Word
    clock: Mode
    database_clock: Mode | None
    draining: bool


async def readiness(state: State) -> Readiness:
    """Ask every part, all within two seconds."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reachable = await db.is_reachable()
            migrations: Word = ("behind" if await pending() else "ok") if reachable else "down"
            bound = await clock.bound_mode() if migrations == "ok" else None
            safe = reachable and await _is_safe(state)
    except (TimeoutError, Unavailable):
        reachable, migrations, bound, safe = False, "down", None, False
    wanted = state.settings.clock
    draining = bool(state.get("draining"))
    return Readiness(
        ready=safe and migrations == "ok" and bound in {None, wanted} and not draining,
        database="ok" if safe else "unsafe" if reachable else "down",
        migrations=migrations,
        valkey=await _valkey(state.get("shared_store")),
        clock=wanted,
        database_clock=bound,
        draining=draining,
    )


async def _is_safe(state: State) -> bool:
    return state.settings.database.allow_unsafe_durability or not await unsafe_switches()


async def _valkey(store: Any) -> Word:
    if not isinstance(store, SharedCounter):
        return "absent"
    return "ok" if await store.ping() else "down"
