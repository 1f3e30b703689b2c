"""Clocks of one dossier on demand, and those of all dossiers kept for figures."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from postal.calendars.rules import DayShare
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.outbox.service import publish, take_along
from postal.registry import outbox_handlers
from shipments.clocks import repository
from shipments.clocks.loading import Loaded, load
from shipments.clocks.repository import (
    After,
    DeadlineMove,
    GroupBy,
    HolderLoad,
    LeadTime,
    OpenClock,
    Recount,
    Standing,
    StoredClock,
)
from shipments.clocks.rules import (
    SUBTRACT,
    Clock,
    ClockName,
    Clocks,
    Derivation,
    Mark,
    Verdict,
    compute,
    day_shares,
    derive,
    near_from,
)
from shipments.custody.projection import concern_of
from shipments.dossiers import repository as dossiers
from shipments.pieces.rules import PieceKind, dossier_of

CHANGED = "dossier.changed"
READ_ANEW = "clocks.read_anew"
"""The topic under which whoever looks into cases hears whose rows were read anew, whether or not a clock changed: a
scan within a step moves no clock, and yet tells when the step was taken up."""
CLOCKS_CHANGED = "clocks.changed"
"""The topic under which whoever keeps figures over clocks hears which dossiers have other clocks now."""

FLAGGED = frozenset({ClockName.STATUTORY, ClockName.END_TO_END})
"""Where a stored clock carries what was odd about the case."""

BATCH = 500
TOGETHER, TOGETHER_DOSSIERS = 20, 100
"""How many waiting messages, and dossiers, one refresh takes along: a run must end within its limit."""

FINAL = frozenset({Verdict.EARLY, Verdict.ON_TIME, Verdict.LATE, Verdict.UNDECIDED})


class Account(Struct, frozen=True):
    """The clocks of a dossier, each derived, and the statutory one day by day."""

    clocks: Clocks
    derivations: tuple[Derivation, ...]
    days: tuple[DayShare, ...]


async def clocks_of(code: str, *, actor: Actor, now: datetime, as_of: datetime | None = None) -> Account:
    """Give the clocks of a dossier as known and as they stood at `as_of`, or as they stand now.

    The steps of the case are for its agencies and for inspectors; the post sees the rest.
    """
    dossier = await dossiers.get(code, actor)
    loaded = (await load([code], as_of))[code]
    found = compute(loaded.facts, loaded.terms, as_of or now)
    if not (actor.reads_everything or {dossier.desk, dossier.authority, dossier.unit} & actor.sees):
        found = replace(
            found, clocks=tuple(each for each in found.clocks if each.clock is not ClockName.STEP)
        )
    statutory = found.get(ClockName.STATUTORY)
    derivations = tuple(derive(clock, found.at) for clock in found.clocks)
    return Account(found, derivations, tuple(_days(statutory, found.at)) if statutory else ())


async def lead_times(
    *,
    actor: Actor,
    clock: ClockName,
    by: GroupBy | None,
    begin: datetime | None,
    end: datetime | None,
    now: datetime,
) -> list[LeadTime]:
    """Give lead times of the dossiers that the actor may see."""
    return await repository.lead_times(actor, clock=clock.value, by=by, begin=begin, end=end, now=now)


async def open_clocks(
    *,
    actor: Actor,
    now: datetime,
    standing: Standing | None,
    clock: ClockName,
    holder: str | None,
    after: After | None,
    limit: int,
) -> list[OpenClock]:
    """Give open clocks of the dossiers that the actor may see, those due first in front."""
    return await repository.open_clocks(
        actor, now=now, standing=standing, clocks=(clock.value,), holder=holder, after=after, limit=limit
    )


async def open_by_holder(*, actor: Actor, now: datetime, clock: ClockName) -> list[HolderLoad]:
    """Give for each holder how many open clocks wait for it, of the dossiers that the actor may see."""
    return await repository.open_by_holder(actor, now=now, clocks=(clock.value,))


async def list_moves(
    *, actor: Actor, decision: UUID | None, dossier: str | None, after: After | None, limit: int
) -> list[DeadlineMove]:
    """Give the moved deadlines of the dossiers that the actor may see, the latest first."""
    return await repository.list_moves(actor, decision=decision, dossier=dossier, after=after, limit=limit)


async def recounts(decisions: Sequence[UUID]) -> dict[UUID, Recount]:
    """Tell how far decisions on calendars have been carried to the open clocks."""
    return await repository.recounts(decisions)


async def project(touched: Touched) -> None:
    """Ask for the clocks of the dossiers whose papers or case these codes concern: one message a batch of rows."""
    pieces = (await touched.once(concern_of)).affected
    changed = sorted(
        {
            dossier_of(piece.code)
            for piece in pieces.values()
            if piece.kind in (PieceKind.DOSSIER, PieceKind.RESULT)
        }
    )
    for first in range(0, len(changed), BATCH):
        await publish(CHANGED, {"dossiers": changed[first : first + BATCH]})


async def refresh(payload: dict[str, Any]) -> None:
    """Compute the clocks of dossiers from their rows and keep them; runs in the message's unit of work.

    When many messages wait, their dossiers are computed together, each once. Refreshes run side by side as long as
    they have no dossier in common.
    """
    wanted = {str(code) for code in payload["dossiers"]}

    def fits(other: dict[str, Any]) -> bool:
        wider = wanted | {str(code) for code in other["dossiers"]}
        if len(wider) > TOGETHER_DOSSIERS:
            return False
        wanted.update(wider)
        return True

    await take_along(CHANGED, TOGETHER, fits)
    await recompute(sorted(wanted))


async def recompute(codes: Sequence[str]) -> list[str]:
    """Compute and keep the clocks of dossiers in the open unit of work; give those of which something changed.

    Whoever keeps figures over clocks is told of these, if there is anybody.
    """
    await repository.lock_refreshing(codes)
    loaded = await load(codes)
    changed = await repository.put(codes, [stored for each in loaded.values() for stored in stored_of(each)])
    ended = {code for code, each in loaded.items() if each.dossier.ended_at is not None}
    await _tell(CLOCKS_CHANGED, changed)
    await _tell(READ_ANEW, sorted({*changed, *ended}))
    return changed


async def _tell(topic: str, codes: Sequence[str]) -> None:
    if codes and topic in outbox_handlers():
        for first in range(0, len(codes), BATCH):
            await publish(topic, {"dossiers": list(codes[first : first + BATCH])})


def _days(clock: Clock, at: datetime) -> Iterator[DayShare]:
    if clock.started is None:
        return
    end = clock.stopped.at if clock.stopped else at
    yield from day_shares(clock.time, clock.started.at, end, clock.waits)


def stored_of(loaded: Loaded) -> Iterator[StoredClock]:
    """Everything that the rows say; at the last of their instants, so that no later moment plays a part."""
    facts = loaded.facts
    instants = [event.at for event in facts.events] + [step.at for step in (*facts.papers, *facts.result)]
    if not instants:
        return
    found = compute(facts, loaded.terms, max(instants))
    flags = tuple(sorted({oddity.code for oddity in found.oddities}))
    for clock in found.clocks:
        if clock.started is not None:
            yield _stored(loaded, clock, clock.started, flags if clock.clock in FLAGGED else ())


def _stored(loaded: Loaded, clock: Clock, started: Mark, flags: tuple[str, ...]) -> StoredClock:
    dossier, stopped = loaded.dossier, clock.stopped
    index = next((each for each in clock.alternatives if each.reading == SUBTRACT), None)
    return StoredClock(
        dossier=dossier.code,
        clock=clock.clock.value,
        ordinal=clock.ordinal,
        party=clock.party,
        step=clock.step,
        authority=dossier.authority,
        desk=dossier.desk,
        office=dossier.office,
        procedure=dossier.procedure,
        route=f"{dossier.office}>{dossier.desk}" if dossier.office else None,
        month=f"{started.at.astimezone(clock.time.zone):%Y-%m}",
        calendar=clock.calendar,
        started_at=started.at,
        stopped_at=stopped.at if stopped else None,
        calendar_us=clock.calendar_us if stopped else None,
        working_us=clock.working_us if stopped else None,
        due=clock.due,
        due_extended=clock.due_extended,
        verdict=_final(clock.verdict) if stopped else None,
        verdict_extended=_final(clock.verdict_extended) if stopped else None,
        calendar_version=clock.time.calendar.version,
        rule=clock.rule,
        reading=clock.reading.value if clock.reading else None,
        limit_text=clock.limit,
        holder=clock.holder,
        near_at=_near_at(loaded, clock, started) if stopped is None else None,
        paused_since=next((wait.start for wait in clock.waits if wait.end is None), None),
        due_before=clock.due_before,
        verdict_before=_final(clock.verdict_before) if stopped else None,
        due_index=index.due if index else None,
        verdict_index=_final(index.verdict) if index and stopped else None,
        flags=flags,
    )


def _near_at(loaded: Loaded, clock: Clock, started: Mark) -> datetime | None:
    if clock.due is None:
        return None
    return near_from(clock.time, clock.begun or started.at, clock.due, loaded.terms.near)


def _final(verdict: Verdict | None) -> str | None:
    return verdict.value if verdict in FINAL else None
