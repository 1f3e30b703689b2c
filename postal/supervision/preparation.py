"""What must stand before a process may serve: schema, partitions, the clock's mode, a server that keeps its word."""

from collections.abc import Callable
from datetime import datetime

from postal import clock, db, registry
from postal.config import Settings
from postal.db.durability import check_durability
from postal.db.migrations import Pending, migrate, pending
from postal.errors import Conflict
from postal.ledger.partitions import ensure_months, month_after, months
from postal.ledger.positions import ensure_era, is_of_another_server

AHEAD = 3


async def prepare(
    settings: Settings,
    *,
    clock_start: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Pending]:
    """Migrate as owner, make partitions ahead, bind the clock's mode; gives the migrations that were run.

    Without an owner DSN nothing is changed, and a database that lacks a migration is refused.
    """
    await db.start(settings.database)
    try:
        await check_durability(settings.database)
        if settings.database.owner_dsn is None:
            await _refuse_pending()
            await _refuse_restored()
            done = []
        else:
            done = await migrate(
                settings.database, lambda migration: progress(f"{migration.app} {migration.description}")
            )
            async with db.as_owner(settings.database):
                await ensure_era()
        await clock.claim(settings.clock, clock_start)
        await renew_partitions(settings)
        await _fill(settings)
    finally:
        await db.stop()
    return done


async def renew_partitions(settings: Settings) -> list[str]:
    """Make the ledger's months ahead, as owner, where one is missing; without an owner DSN somebody else does."""
    if settings.database.owner_dsn is None:
        return []
    async with db.as_owner(settings.database):
        now = await clock.now()
        there = set(await months())
        wanted = {f"ledger_{month_after(now, offset):%Y_%m}" for offset in range(AHEAD + 1)}
        # Asked first, because making a month locks writers out for a moment, even one that exists.
        return await ensure_months(now, AHEAD) if wanted - there else []


async def _fill(settings: Settings) -> None:
    if settings.database.owner_dsn is None:
        return
    async with db.as_owner(settings.database):
        for seed in registry.seeds():
            await seed()


async def check(settings: Settings) -> None:
    """Refuse to serve on a database that is unsafe, behind, restored and not prepared, or of the other clock."""
    await check_durability(settings.database)
    await _refuse_pending()
    await _refuse_restored()
    bound = await clock.bound_mode()
    if bound is not None and bound != settings.clock:
        await clock.claim(settings.clock)
    clock.select(settings.clock)


async def _refuse_pending() -> None:
    if missing := await pending():
        raise Conflict(
            "database.behind",
            vi=f"Cơ sở dữ liệu thiếu {len(missing)} bước nâng cấp; hãy chạy: postal db up",
            en=f"The database lacks {len(missing)} migrations; run: postal db up",
        )


async def _refuse_restored() -> None:
    if await is_of_another_server():
        raise Conflict(
            "database.restored",
            vi="Cơ sở dữ liệu được khôi phục từ máy chủ khác; hãy chạy: postal db up",
            en="The database was restored from another server; run: postal db up",
        )
