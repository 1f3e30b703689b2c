"""Ratings for tests: rows of the ledger, dossiers that came home, and what citizens send."""

from datetime import datetime, timedelta
from typing import Any

from postal.db import unit_of_work
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from shipments.ratings.rules import GIVEN
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE
from tests.factories.pieces import scan


def a_rating(dossier: str, now: datetime, score: str = "satisfied", **different: Any) -> Row:
    """Make the row of a rating, with what is different."""
    body = {
        "score": score,
        "authority": AUTHORITY,
        "desk": DESK,
        "office": OFFICE,
        "deliverer": OFFICE,
        "courier": "nv-1",
        "procedure": PROCEDURE,
        **different,
    }
    return authored(
        stream=Stream.RECORD,
        kind=GIVEN,
        code=dossier,
        occurred_at=now,
        now=now,
        actor_organisation=None,
        body=body,
    )


async def rated(dossier: str, now: datetime, score: str = "satisfied", **different: Any) -> None:
    """Record a rating of a dossier."""
    async with unit_of_work():
        await record([a_rating(dossier, now, score, **different)])


async def brought_home(desks: Any, clock: Any, **different: Any) -> str:
    """Register a dossier, complete it and deliver its result; give its code."""
    code = await desks.dossier(**different)
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    await scan("receive", code, DESK, clock.advance(timedelta(hours=1)))
    await desks.states(code, "received", "step_done", "completed")
    await scan("receive", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counterparty=DESK)
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 1})
    return str(code)
