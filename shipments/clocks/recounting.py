"""Carrying a decision on a calendar to every open deadline, in batches, and saying what moved."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal import clock
from postal.calendars import repository as calendars
from postal.calendars.rules import Decision
from postal.instants import utc
from postal.ledger import service as ledger
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream
from postal.outbox.service import publish
from shipments.clocks import repository
from shipments.clocks.loading import load
from shipments.clocks.projection import RECOMPUTED
from shipments.clocks.rules import Moved, compute, moved_by
from shipments.clocks.service import recompute

RECOUNT = "clocks.recount"
BATCH = 100
"""Dossiers of one message: a run must end within its limit."""


async def begin(payload: dict[str, Any]) -> None:
    """Note that a decision has to reach the open clocks, and begin; runs in the message's unit of work."""
    now = await clock.now()
    decision = UUID(payload["decision"])
    await repository.begin_recount(decision, str(payload["calendar"]), now)
    await publish(RECOUNT, {"decision": str(decision)}, key=f"recount:{decision}")


async def carry_on(payload: dict[str, Any]) -> None:
    """Run the next open dossiers again, say which deadlines moved, and go on until there are none.

    Clocks that have ended are left alone: they keep the version of the calendar under which they ended, and so does
    every figure published over them.
    """
    now = await clock.now()
    decision = await calendars.get_decision(UUID(payload["decision"]))
    reached = await repository.lock_recount(decision.id)
    if reached is None:
        return
    affected = await calendars.with_base(decision.calendar)
    codes = await repository.open_dossiers(affected, after=reached, limit=BATCH)
    moved = await _recount(decision, codes, now) if codes else 0
    done = len(codes) < BATCH
    await repository.note_recount(
        decision.id,
        upto=codes[-1] if codes else reached,
        looked_at=len(codes),
        moved=moved,
        done_at=now if done else None,
    )
    if not done:
        await publish(RECOUNT, {"decision": str(decision.id)}, key=f"recount:{decision.id}")


async def _recount(decision: Decision, codes: list[str], now: datetime) -> int:
    # The ledger's locks come first everywhere: whoever records holds them when it asks for a refresh.
    locked = await lock_codes(codes)
    await recompute(codes)
    rows, count = [], 0
    for code, loaded in (await load(codes)).items():
        found = compute(loaded.facts, loaded.terms, now)
        moves = list(moved_by(decision.entered_at, found, loaded.terms.editions))
        count += len(moves)
        if moves:
            rows.append(_record(code, decision, moves, now))
    await ledger.record(rows, locked)
    return count


def _record(code: str, decision: Decision, moves: list[Moved], now: datetime) -> Row:
    return ledger.authored(
        stream=Stream.RECORD,
        kind=RECOMPUTED,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=decision.organisation,
        body={
            "decision": str(decision.id),
            "number": decision.number,
            "calendar": decision.calendar,
            "clocks": [_told(move) for move in moves],
        },
    )


def _told(move: Moved) -> dict[str, Any]:
    return {
        **{
            name: value
            for name, value in msgspec.structs.asdict(move).items()
            if name not in ("before", "after")
        },
        "before": utc(move.before).isoformat(),
        "after": utc(move.after).isoformat(),
    }
