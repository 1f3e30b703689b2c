"""Projections are a function of the ledger: rebuilt from it they are equal byte for byte."""

import random
from datetime import timedelta
from typing import Any

import httpx

from postal.config import DatabaseSettings
from postal.db import as_owner, execute
from postal.ledger.projections import export, rebuild
from tests.factories.custody import DESK, HUB, OFFICE, Scanner, network, pieces

CODES = ["DH123456785VN", "DH473124829VN", "TUI-01", "TUI-02"]
KINDS = ["accept", "offer", "receive", "pack", "unpack", "depart", "arrive", "hold", "deliver", "refuse"]


async def test_a_rebuild_gives_the_same_bytes(
    client: httpx.AsyncClient, clock: Any, database: DatabaseSettings
) -> None:
    now = clock.instant
    await network(now)
    scanners = [await Scanner.at(client, clock, code) for code in (OFFICE, HUB, DESK)]
    await pieces(*CODES[:3], now=now)
    chance = random.Random(11)
    for minute in range(40):
        scanner, at = chance.choice(scanners), now + timedelta(minutes=chance.randrange(200))
        kind = chance.choice(KINDS)
        fields: dict[str, Any] = {"container": chance.choice(CODES[2:])} if kind in ("pack", "unpack") else {}
        if kind == "offer":
            fields["counterparty"] = chance.choice((OFFICE, HUB, DESK))
        results = await scanner.results(
            [scanner.scan(kind, chance.choice(CODES), at, **fields)], now + timedelta(minutes=200 + minute)
        )
        assert results[0]["verdict"] in ("accepted", "unknown"), results
    await pieces(CODES[3], now=clock.instant)
    before = await export()
    assert before.count(b"\n") > len(CODES)
    async with as_owner(database):
        await execute("UPDATE custody SET claims = '{}', phase = 'lost'")
        assert await export() != before
        await rebuild(chunk=2)
    assert await export() == before
