"""Bytes on disk for each scan of a realistic day, all indexes counted."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from postal import db
from postal.clock import machine_now
from postal.config import DatabaseSettings
from postal.db.migrations import migrate
from postal.identifiers import new_id
from postal.ledger.partitions import ensure_months
from postal.ledger.rules import Content, Row, Stream
from postal.ledger.service import record
from shipments.pieces.rules.codes import s10
from tests.benchmarks.measuring import Figure, Size
from tests.benchmarks.stage import Stage

DATABASE = "day"
SYNC = 250
OFFICES = 300
# Everything that holds rows of the ledger or leads to them: table, free space, visibility map, TOAST and indexes.
SIZES = """
SELECT
    CASE WHEN relispartition THEN 'ledger' ELSE relname END AS name,
    sum(pg_total_relation_size(oid))::bigint AS bytes
FROM pg_class
WHERE relname LIKE 'ledger%' AND relkind = 'r'
GROUP BY 1
ORDER BY 2 DESC
"""
# What hands do to an item, and to which of its places: the counter, the hub, the desk.
JOURNEY = (
    ("accept", 0),
    ("pack", 0),
    ("offer", 0),
    ("receive", 1),
    ("unpack", 1),
    ("depart", 1),
    ("offer", 1),
    ("receive", 2),
)


async def disk(stage: Stage, size: Size) -> Figure:
    """Record a day's scans by the real service in syncs of many devices, and weigh what the ledger has grown by."""
    settings = await _database(stage)
    scans = 0
    async with db.as_owner(settings):
        before = await _sizes()
        for sync in _syncs(_day(size.day)):
            async with db.unit_of_work():
                await record(sync)
            scans += len(sync)
        grown = {name: bytes_ - before[name] for name, bytes_ in (await _sizes()).items()}
    each = {name: round(bytes_ / scans, 1) for name, bytes_ in grown.items() if bytes_ > 0}
    return Figure(
        name=f"disk for each of {scans:,} scans",
        unit="bytes",
        ours=sum(grown.values()) / scans,
        reach=400,
        wanted=320,
        more=each,
    )


async def _database(stage: Stage) -> DatabaseSettings:
    admin = await asyncpg.connect(stage.server.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {DATABASE} OWNER postal_owner")
    await admin.close()
    settings = DatabaseSettings(
        dsn=stage.server.dsn_of("postal_app", DATABASE),
        owner_dsn=stage.server.dsn_of("postal_owner", DATABASE),
    )
    await migrate(settings)
    async with db.as_owner(settings):
        await ensure_months(machine_now(), ahead=1)
    return settings


async def _sizes() -> dict[str, int]:
    return {row["name"]: row["bytes"] for row in await db.fetch(SIZES)}


def _day(scans: int) -> list[Row]:
    """Make the scans of items that each pass three places, in the order of their times."""
    numbers = random.Random(7)
    morning = machine_now() - timedelta(hours=12)
    rows = []
    for item in range(scans // len(JOURNEY)):
        places = [f"{'BC' if at < 2 else 'MC'}-{numbers.randrange(OFFICES):06}" for at in range(3)]
        code, bag = s10("DH", item * 7_919_351 % 10**8), f"TUI-{places[0]}-{item // 20:06}"
        at = morning + timedelta(seconds=numbers.randrange(6 * 3600))
        for step, (kind, place) in enumerate(JOURNEY):
            at += timedelta(seconds=numbers.randrange(60, 3600))
            other = places[min(place + 1, 2) if kind == "offer" else max(place - 1, 0)]
            rows.append(
                _scan(kind, code, at, places[place], item * 8 + step, _body(kind, places[place], other, bag))
            )
    return sorted(rows, key=lambda row: row.content.id)


def _body(kind: str, place: str, other: str, bag: str) -> dict[str, Any]:
    body: dict[str, Any] = {"place": place}
    if kind in {"offer", "receive"}:
        body["counterparty"] = other
    if kind in {"pack", "unpack"}:
        body["container"] = bag
    if kind == "accept":
        body |= {"counted": {"documents": 5, "originals": 1}, "condition": "intact"}
    return body


def _scan(kind: str, code: str, at: datetime, place: str, seq: int, body: dict[str, Any]) -> Row:
    return Row(
        content=Content(
            id=new_id(at),
            stream=Stream.SCAN,
            kind=kind,
            code=code,
            occurred_at=at,
            organisation=place,
            person=f"NV-{place[3:]}-{seq % 5}",
            device=f"hy-{place[3:]}-{seq % 3}",
            epoch="7f3a91bc",
            seq=seq,
            body=body,
            subjects=(body["container"],) if "container" in body else (),
        ),
        received_at=at + timedelta(seconds=2),
        corrected_at=at,
        skew_ms=-120,
        uncertainty_ms=500,
    )


def _syncs(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for at in range(0, len(rows), SYNC):
        yield rows[at : at + SYNC]
