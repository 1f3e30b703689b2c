"""The same seeded day, uploaded to the real server in two ways: the same ledger but for the receipt, the same answers.

`POSTAL_TEST_SEED=n` runs one seed alone.
"""

import json
import os
import random
from datetime import timedelta
from typing import Any

import httpx
import pytest

from postal import db
from postal.db import fetch, unit_of_work
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.ledger.service import record
from tests.factories.arrivals import (
    BAGS,
    DESK,
    ITEMS,
    LISTS,
    MORNING,
    PARTIES,
    Day,
    Said,
    at,
    day_of,
    uploads,
)
from tests.factories.custody import Scanner, network, organisation_key, pieces
from tests.factories.manifests import Party

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
ALONE = os.environ.get("POSTAL_TEST_SEED")
PARTS = 8 if FULL and not ALONE else 1
EACH = 25 if FULL else 6
HIDDEN = ("received_at", "skew_ms", "corrected_at", "uncertainty_ms", "position", "turn", "verdict")
"""What a row learns at its receipt; whether its code was known by then is one of it."""


def raw_of(said: Said) -> dict[str, Any]:
    """Write a scan as its device sends it."""
    content = said.content
    return {
        "id": str(content.id),
        "seq": content.seq,
        "kind": content.kind,
        "code": content.code,
        "by": content.person,
        "occurred_at": content.occurred_at.isoformat(),
        **content.body,
    }


async def live(client: httpx.AsyncClient, clock: Any, day: Day, way: int) -> dict[str, Any]:
    """Let a day arrive on a clean system in one way; give what the system then says."""
    clock.set(MORNING - timedelta(hours=1))
    await network(clock.instant, PARTIES)
    scanners = {party: await Scanner.at(client, clock, party) for party in PARTIES}
    await pieces(*ITEMS, *BAGS, now=clock.instant, destination=DESK)
    steps = [(row.received_at, None, row) for row in day.records]
    steps += [(MORNING + after, name, batch) for after, name, batch in uploads(day, way)]
    chance = random.Random(day.seed + way)
    for now, name, what in sorted(steps, key=lambda step: step[0]):
        if name is None:
            clock.set(now)
            async with unit_of_work():
                await record([what])
            continue
        device = day.devices[name]
        scanner = scanners[device.party]
        scanner.skew = device.reads(now) - now
        scanner.seq = max((one.content.seq or 0 for one in day.said if one.device == name), default=0)
        late = now + timedelta(seconds=chance.uniform(0.02, 1.5))
        clock.set(late)
        body = {"device": name, "epoch": scanner.epoch, "last_seq": scanner.seq}
        body |= {"sent_at": device.reads(now).isoformat(), "scans": [raw_of(one) for one in what]}
        answer = await client.post("/api/v1/scans", json=body, headers=scanner.headers)
        assert answer.status_code == 200, answer.text
        verdicts = {one["verdict"] for one in answer.json()["results"]}
        assert verdicts <= {"accepted", "repeated", "disputed", "unknown"}, answer.text
    return await told(client, clock, day, scanners)


async def told(
    client: httpx.AsyncClient, clock: Any, day: Day, scanners: dict[str, Scanner]
) -> dict[str, Any]:
    """Ask the system for its ledger, its projections, and the class of each piece."""
    clock.set(at(day.ends + 2000))
    for name, device in day.devices.items():
        if not day.never_sends(name):
            # It states that it has nothing more.
            scanners[device.party].skew = device.reads(clock.instant) - clock.instant
            assert (await scanners[device.party].upload([], clock.instant)).status_code == 200
    classes = {}
    for code, parties in LISTS.items():
        reader = Party(client, await organisation_key(parties[1], Role.CLERK, now=clock.instant))
        said = (await reader.get(f"/manifests/{code}/reconciliation")).json()
        classes |= {f"{code} {line['code']}": line["line_class"] for line in said["lines"]}
    return {"ledger": await ledger(), "projections": stable(await export()), "classes": classes}


async def ledger() -> list[str]:
    """Give every content that the ledger holds, without what depends on its receipt."""
    rows = await fetch("SELECT to_jsonb(ledger) AS row FROM ledger WHERE device IS NOT NULL")
    contents = await fetch("SELECT id, content, encode(content_hash, 'hex') AS hash FROM ledger_dispute")
    disputed = {str(row["id"]) for row in contents}
    kept = [json.loads(row["row"]) for row in rows]
    plain = [
        json.dumps({name: value for name, value in row.items() if name not in HIDDEN}, sort_keys=True)
        for row in kept
        # Which of two contents came first is a matter of the receipt; both are below.
        if row["id"] not in disputed
    ]
    assert disputed <= {row["id"] for row in kept}
    return sorted([*plain, *(f"{row['id']} {row['hash']}" for row in contents)])


def stable(exported: bytes) -> list[str]:
    """Leave out of the projections the instants that a device's clock measured, which differ by its error."""
    lines = []
    for line in exported.decode().splitlines():
        if not line.startswith("{"):
            lines.append(line)
            continue
        row = json.loads(line)
        for name in ("since", "last_at", "attempts", "registered_at", "opened_at", "found_at"):
            row.pop(name, None)
        if row.get("offer"):
            row["offer"].pop("at")
        lines.append(json.dumps(row, sort_keys=True))
    return sorted(lines)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
async def test_two_ways_of_arriving_end_alike(
    part: int, client: httpx.AsyncClient, clock: Any, clean: Any, database: Any
) -> None:
    seeds = [int(ALONE)] if ALONE else range(part * EACH, (part + 1) * EACH)
    for seed in seeds:
        day = day_of(seed)
        ways = []
        for way in (0, 1 + seed % 3):
            await clean()
            ways.append(await live(client, clock, day, way))
        one, other = ways
        for name, said in one.items():
            assert said == other[name], f"{name}: run it again with POSTAL_TEST_SEED={seed}"
    grown = await export()
    async with db.as_owner(database):
        await rebuild(chunk=2)
    assert await export() == grown
