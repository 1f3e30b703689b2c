"""Keeping sums of steps: what a case adds is taken away and added anew when its rows are read again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from postal import clock
from postal.db import unit_of_work
from shipments.clocks.repository import lock_refreshing
from shipments.dossiers import repository as dossiers
from shipments.steps import repository
from shipments.steps.rules import StepPart, parts_of
from shipments.steps.service.measuring import measure

BATCH = 200


async def refresh(payload: dict[str, Any]) -> None:
    """Measure the steps of dossiers anew; runs in the message's unit of work.

    Cases under way count nowhere, so nothing is read of them unless they counted before.
    """
    wanted = {str(code) for code in payload["dossiers"]}
    concerned = {*await repository.ended_among(wanted), *await repository.parts_of(wanted)}
    if not concerned:
        return
    await lock_refreshing(concerned)
    after = await _parts(concerned, await clock.now())
    await repository.lock_summing()
    before = await repository.parts_of(concerned)
    changed = {code for code in concerned if before.get(code, ()) != after.get(code, ())}
    if changed:
        await repository.count(changed, [part for code in sorted(changed) for part in after.get(code, ())])


async def recount() -> None:
    """Measure every ended case anew, from nothing; at the end of a rebuild and inside it."""
    await repository.lock_summing()
    await repository.empty()
    now, last = await clock.now(), ""
    while codes := await repository.ended_after(last, BATCH):
        found = await _parts(codes, now)
        await repository.keep([part for code in codes for part in found.get(code, ())])
        last = codes[-1]
    await repository.fill()


async def export() -> bytes:
    """Write all sums and their parts in one canonical form: equal ones give equal bytes."""
    parts: list[str] = []
    async with unit_of_work():
        for table in repository.TABLES:
            parts += [table, *await repository.lines(table)]
    return "".join(f"{part}\n" for part in parts).encode()


async def _parts(codes: Collection[str], now: datetime) -> dict[str, tuple[StepPart, ...]]:
    """Give what dossiers add; a finished step is the same at whatever time it is looked at."""
    times = await measure(codes, now)
    found = await dossiers.find_many(times)
    parts = {code: tuple(sorted(parts_of(found[code], times[code]))) for code in times}
    return {code: each for code, each in parts.items() if each}
