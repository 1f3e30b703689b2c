"""Rules alone, without a server: working time of arrays, and the fold of custody."""

import random
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import msgspec
import numpy as np

from postal.calendars.rules.working_time import micros
from postal.clock import machine_now
from postal.identifiers import new_id
from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Subject, fold
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.stage import Stage
from tests.factories.calendars import administrative

JOURNEY = ("accept", "depart", "arrive", "offer", "receive", "depart", "offer", "receive")
"""Eight scans of an item on its way from a counter over a hub to a desk."""


async def working_time(_: Stage, size: Size) -> Figure:
    """Compute W of instants of one year of the administrative calendar, as a year's report asks."""
    calendar = administrative()
    numbers = np.random.default_rng(7)
    year = micros(datetime(2026, 1, 1, tzinfo=UTC)), micros(datetime(2027, 1, 1, tzinfo=UTC))
    ninety = micros(calendar.first_instant), micros(calendar.last_instant)
    instants, others = (numbers.integers(*year, size.many, dtype=np.int64) for _ in range(2))
    scattered = numbers.integers(*ninety, size.many, dtype=np.int64)

    async def ours() -> float:
        return _milliseconds(lambda: calendar.worked_many(instants))

    async def raw() -> float:
        return _milliseconds(lambda: instants + others)

    name = f"working time of {size.many:,} instants"
    figure = await compared(name, "ms", ours, raw, rounds=size.rounds * 4, reach=0.2)
    times = [_milliseconds(lambda: calendar.worked_many(scattered)) for _ in range(size.rounds)]
    figure.more["ms_if_scattered_over_90_years"] = round(median(times), 1)
    return figure


async def folding(_: Stage, size: Size) -> Figure:
    """Fold the journeys of items; the raw limit is to decode the same rows from JSON into their Structs."""
    numbers = random.Random(7)
    subjects, rows = zip(*(journey(numbers, at) for at in range(size.folded // len(JOURNEY))), strict=True)
    encoded = [msgspec.json.encode(journey) for journey in rows]
    decoder = msgspec.json.Decoder(list[Row])

    async def ours() -> float:
        return _milliseconds(
            lambda: [fold(subject, journey) for subject, journey in zip(subjects, rows, strict=True)]
        )

    async def raw() -> float:
        return _milliseconds(lambda: [decoder.decode(journey) for journey in encoded])

    name = f"fold of {size.folded:,} rows"
    figure = await compared(name, "ms", ours, raw, rounds=min(size.rounds, 5))
    figure.more["rows_per_second"] = round(size.folded / figure.ours * 1000)
    return figure


def journey(numbers: random.Random, at: int) -> tuple[Subject, list[Row]]:
    """Make an item and its rows, out of order."""
    begun = machine_now() - timedelta(hours=numbers.randrange(24, 240))
    code = f"DH{at:08}0VN"
    subject = Subject(
        code=code, presumed="BC-1", registered_at=begun, parties=("BC-1", "MC-1"), homes=("MC-1",)
    )
    places = ("BC-1", "BC-1", "HUB-1", "BC-1", "HUB-1", "HUB-1", "HUB-1", "MC-1")
    other = {3: "HUB-1", 4: "BC-1", 6: "MC-1", 7: "HUB-1"}
    rows = []
    for step, (kind, place) in enumerate(zip(JOURNEY, places, strict=True)):
        at_time = begun + timedelta(minutes=40 * step)
        body = {"place": place} | ({"counterparty": other[step]} if step in other else {})
        content = Content(
            id=new_id(at_time),
            stream=Stream.SCAN,
            kind=kind,
            code=code,
            occurred_at=at_time,
            organisation=place,
            person=f"NV-{place}",
            device=f"hy-{place}",
            epoch="7f3a91bc",
            seq=at * 8 + step + 1,
            body=body,
        )
        rows.append(
            Row(
                content=content,
                received_at=at_time + timedelta(seconds=3),
                corrected_at=at_time,
                skew_ms=-120,
                uncertainty_ms=500,
                content_hash=content_hash(content),
            )
        )
    numbers.shuffle(rows)
    return subject, rows


def _milliseconds(work: object) -> float:
    begun = perf_counter()
    work()  # type: ignore[operator]
    return (perf_counter() - begun) * 1000
