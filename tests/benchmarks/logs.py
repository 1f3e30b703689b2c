"""Working time of a whole event log, against the library that walks days."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import businesstimedelta
import numpy as np
import pytz

from integrations.case_logs.service import _read, load_profile
from postal.calendars.rules import WorkingTime
from postal.calendars.rules.working_time import micros
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.stage import Stage

LOG = Path(__file__).parents[3] / "shared" / "data" / "wabo-receipt.csv"
MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - only its time of day is read
BEGIN = datetime(2010, 10, 4, 8, tzinfo=UTC)


async def durations(_: Stage, size: Size) -> Figure:
    """Compute the working time of every finished case: of the real log where it is, else of one like it.

    The library takes minutes for all of it, so both measure the same cases, taken evenly from the whole.
    """
    time = WorkingTime.of(load_profile("wabo").the_calendar())
    every = _spans()
    spans = every[:: len(every) // size.cases][: size.cases]
    rules = _rules(time)
    expected: list[float] = []

    async def ours() -> float:
        begun = perf_counter()
        at = np.array([(micros(begin), micros(end)) for begin, end in spans], dtype=np.int64)
        worked = time.between_many(at[:, 0], at[:, 1]).tolist()
        took = perf_counter() - begun
        expected[:] = [each / 1_000_000 for each in worked]
        return took * 1000

    async def theirs() -> float:
        begun = perf_counter()
        found = [rules.difference(begin, end).timedelta.total_seconds() for begin, end in spans]
        took = perf_counter() - begun
        if any(abs(mine - other) > 1 for mine, other in zip(expected, found, strict=True)):
            raise RuntimeError("the libraries disagree")
        return took * 1000

    name = f"working time of {len(spans):,} cases, businesstimedelta being the limit"
    return await compared(name, "ms", ours, theirs, rounds=min(size.rounds, 3), reach=10.0)


def _spans() -> list[tuple[datetime, datetime]]:
    if LOG.exists():
        cases = {each.case.code: each.case for each in _read(LOG, load_profile("wabo")).taken}
        return [
            (case.started, case.ended)
            for case in cases.values()
            if case.ended is not None and case.ended > case.started
        ]
    numbers = random.Random(7)
    begins = [BEGIN + timedelta(minutes=numbers.randrange(600_000)) for _ in range(1_327)]
    return [(begin, begin + timedelta(minutes=numbers.randrange(150_000))) for begin in begins]


def _rules(time: WorkingTime) -> businesstimedelta.Rules:
    zone = pytz.timezone(time.calendar.zone)
    spans = sorted({(row.opens, row.closes) for row in time.calendar.hours})
    parts = [
        businesstimedelta.WorkDayRule(
            start_time=(MIDNIGHT + timedelta(minutes=opens)).time(),
            end_time=(MIDNIGHT + timedelta(minutes=closes)).time(),
            working_days=[0, 1, 2, 3, 4],
            tz=zone,
        )
        for opens, closes in spans
    ]
    off = {rule.day: rule.name for rule in time.calendar.days}
    return businesstimedelta.Rules([*parts, businesstimedelta.HolidayRule(off, tz=zone)])
