"""Inspections for tests."""

from datetime import datetime, timedelta
from typing import Any

from postal.identity.rules import Actor, Role
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored
from postal.network.rules import local_day
from shipments.inspections import service
from shipments.inspections.rules import DRAWN, digest_of, draw

CODE = "KT-261123-ABCDEF"
INSPECTOR = Actor(
    kind="key",
    id="inspector",
    organisation="THANH-TRA",
    roles=frozenset({Role.CONTROL}),
    reads_everything=True,
)


async def inspected(organisation: str, now: datetime) -> str:
    """Draw all dossiers that came today or yesterday, find that they agree, and end the inspection; give its code.

    A world that stands at the real time may have been made before midnight and be inspected after it.
    """
    today = local_day(now)
    day = timedelta(days=1)
    reading = await service.start(organisation, today - day, today + day, 100, None, actor=INSPECTOR, now=now)
    code = reading.inspection.code
    for dossier in reading.inspection.sample:
        await service.find(code, dossier, {"papers": True}, None, actor=INSPECTOR, now=now)
    await service.close(code, "INSPECTION_AGREES", actor=INSPECTOR, now=now)
    return code


def a_record(what: str, at: datetime, /, **body: Any) -> Row:
    """Make a record of one inspection."""
    return authored(
        stream=Stream.RECORD,
        kind=what,
        code=CODE,
        occurred_at=at,
        now=at,
        actor_organisation="THANH-TRA",
        body=body,
    )


def drawn(at: datetime, population: list[str], size: int, seed: str = "seed") -> Row:
    """Make the first record of an inspection."""
    return a_record(
        DRAWN,
        at,
        organisation="BC-1",
        seed=seed,
        population=len(population),
        digest=digest_of(population),
        sample=list(draw(population, seed, size)),
        **{"from": "2026-11-01", "to": "2026-12-01"},
    )
