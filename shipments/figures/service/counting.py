"""Keeping figures: what dossiers add to them is taken away and added anew when they change."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from postal import clock
from postal.db import unit_of_work
from postal.ledger.projections import Touched
from postal.network.rules import local_day
from postal.outbox.service import publish
from shipments.custody.projection import concern_of
from shipments.figures import repository
from shipments.figures.rules import Contribution, contribution_of, deltas
from shipments.pieces.rules import PieceKind, dossier_of

CLOCKS_CHANGED = "clocks.changed"
CHANGED = "figures.changed"
BATCH = 500


async def project(touched: Touched) -> None:
    """Ask for the figures of dossiers about which more than scans is new; scans tell by the clocks that they change."""
    if not touched.told:
        return
    pieces = (await touched.once(concern_of)).affected
    changed = sorted(
        {
            dossier_of(piece.code)
            for piece in pieces.values()
            if piece.kind in (PieceKind.DOSSIER, PieceKind.RESULT) and piece.code in touched.told
        }
    )
    for first in range(0, len(changed), BATCH):
        await publish(CHANGED, {"dossiers": changed[first : first + BATCH]})


async def refresh(payload: dict[str, Any]) -> None:
    """Count dossiers anew; runs in the message's unit of work."""
    await count({str(code) for code in payload["dossiers"]}, local_day(await clock.now()))


async def count(codes: Collection[str], today: date) -> None:
    """Bring the figures of dossiers up to date in the caller's unit of work; what is equal is not written."""
    await repository.lock_counting()
    before = await repository.contributions_of(codes)
    after = {facts.code: contribution_of(facts) for facts in await repository.facts_of(codes)}
    changed = sorted(code for code in codes if before.get(code) != after.get(code))
    if not changed:
        return
    old = {code: before[code] for code in changed if code in before}
    new = {code: after[code] for code in changed if code in after}
    await repository.keep(changed, new)
    await repository.add(deltas(old.values(), new.values()))
    await repository.note_changed(_days_of(old, new), today)


async def recount() -> None:
    """Count every dossier anew, from nothing; at the end of a rebuild and inside it."""
    await repository.lock_counting()
    await repository.empty()
    last = ""
    while codes := await repository.codes_after(last, BATCH):
        found = {facts.code: contribution_of(facts) for facts in await repository.facts_of(codes)}
        await repository.keep(codes, found)
        last = codes[-1]
    await repository.fill()


async def export() -> bytes:
    """Write all figures in one canonical form: equal figures give equal bytes."""
    parts: list[str] = []
    async with unit_of_work():
        for table in repository.TABLES:
            parts += [table, *await repository.lines(table)]
    return "".join(f"{part}\n" for part in parts).encode()


def _days_of(old: dict[str, Contribution], new: dict[str, Contribution]) -> dict[date, int]:
    """Count the dossiers that change each day."""
    days: Counter[date] = Counter()
    for code in old.keys() | new.keys():
        parts = [set(each[code].parts) if code in each else set() for each in (old, new)]
        days.update({part.day for part in parts[0] ^ parts[1]})
    return dict(sorted(days.items()))
