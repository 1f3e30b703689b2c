"""How a ratio is measured: ours and the raw limit in turns, so that whatever else the machine does hits both."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from statistics import median, quantiles
from typing import Any

from msgspec import Struct


class Size(Struct, frozen=True, kw_only=True):
    """How much one run measures; the small one only shows that everything still runs."""

    rounds: int = 12
    seconds: float = 1.2
    clients: int = 16
    batch: int = 200
    pieces: int = 300
    dossiers: int = 60
    day: int = 120_000
    many: int = 1_000_000
    folded: int = 100_000
    alone: int = 800
    lines: int = 500
    cases: int = 60
    exported: int = 20_000
    clocked: int = 100_000


FULL = Size()
SMOKE = Size(
    rounds=2,
    seconds=0.15,
    clients=2,
    batch=20,
    pieces=5,
    dossiers=2,
    day=2_000,
    many=1_000,
    folded=500,
    alone=20,
    lines=50,
    cases=3,
    exported=30,
    clocked=200,
)


class Figure(Struct, kw_only=True):
    """One measured figure. A ratio has `raw`, both in `unit`; `low` and `high` are its quartiles over the rounds."""

    name: str
    unit: str
    ours: float
    raw: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 1
    reach: float | None = None
    wanted: float | None = None
    more: dict[str, Any] = {}

    @property
    def mark(self) -> str:
        """Say which goal is met; for a figure without a ratio less is better."""
        if self.reach is None:
            return ""
        value, sign = (self.ratio, 1) if self.ratio is not None else (self.ours, -1)
        if self.wanted is not None and sign * value >= sign * self.wanted:
            return "wanted"
        return "reach" if sign * value >= sign * self.reach else "missed"


Measured = Callable[[], Awaitable[float]]


async def compared(
    name: str, unit: str, ours: Measured, raw: Measured, *, rounds: int, rate: bool = False, **goals: Any
) -> Figure:
    """Measure both in turns after a warm-up of each; `rate` says that more is better, else the figures are times."""
    await ours()
    await raw()
    pairs = []
    for number in range(rounds):
        if number % 2:
            second, first = await raw(), await ours()
        else:
            first, second = await ours(), await raw()
        pairs.append((first, second))
    ratios = [mine / limit if rate else limit / mine for mine, limit in pairs]
    low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
    return Figure(
        name=name,
        unit=unit,
        ours=median(mine for mine, _ in pairs),
        raw=median(limit for _, limit in pairs),
        ratio=median(ratios),
        low=low,
        high=high,
        rounds=rounds,
        **goals,
    )


async def closed_loop(turns: list[Callable[[], Awaitable[None]]], seconds: float) -> float:
    """Let every client take its turns without a pause for some seconds; gives the rate of all together."""
    done = 0
    until = time.perf_counter() + seconds

    async def client(turn: Callable[[], Awaitable[None]]) -> None:
        nonlocal done
        while time.perf_counter() < until:
            await turn()
            done += 1

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for turn in turns:
            group.create_task(client(turn))
    return done / (time.perf_counter() - begun)


async def timed(work: Awaitable[Any]) -> float:
    """Give the seconds that a piece of work takes."""
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def cycle_from(values: list[Any]) -> Iterator[Any]:
    """Go round and round a list that may be long."""
    while True:
        yield from values
