"""The figures of the leaders' page, by how many dossiers were counted in them."""

from statistics import median
from time import perf_counter

from postal.clock import machine_now
from postal.db import as_owner
from postal.identity.rules import Actor
from shipments.figures.rules.leader import By
from shipments.figures.service.leading import lead
from tests.benchmarks.measuring import Figure, Size
from tests.benchmarks.stage import Stage
from tests.factories.figures import generate

INSPECTOR = Actor(kind="key", id="bench", reads_everything=True)
FEW, TIMES = 10_000, 100


async def leading(stage: Stage, size: Size) -> Figure:
    """Read a year's page at a hundred times as many dossiers; one after the other, since both fill the same sums."""
    few, many = [await _read(stage, dossiers, size.rounds) for dossiers in (FEW, FEW * TIMES)]
    return Figure(
        name=f"leaders' figures of {FEW * TIMES:,} dossiers against {FEW:,}",
        unit="ms",
        ours=many,
        raw=few,
        ratio=few / many,
        rounds=size.rounds,
        reach=1 / 3,
    )


async def _read(stage: Stage, dossiers: int, rounds: int) -> float:
    async with as_owner(stage.settings.database):
        await generate(dossiers)
    times = []
    for _ in range(rounds + 1):
        begun = perf_counter()
        await lead(INSPECTOR, begin=None, end=None, by=By.AUTHORITY, now=machine_now())
        times.append((perf_counter() - begun) * 1000)
    return median(times[1:])
