"""Many dossiers at once: their clocks computed, and their log exported."""

from datetime import UTC, datetime
from itertools import count
from time import perf_counter

import asyncpg

from integrations.process_mining import service as exports
from integrations.process_mining.rules import Form
from postal.clock import machine_now
from postal.db import fetch_value, load_sql, unit_of_work
from postal.identity.rules import Actor
from postal.network.rules import Kind
from shipments.clocks import service as clocks
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.stage import Stage
from tests.factories.dossiers import a_procedure
from tests.factories.network import organisation

GROW = load_sql(__package__, "grow_dossiers.sql")
ROWS_OF_DOSSIER = 10
A_MESSAGE = 500
"""Dossiers that the projector puts into one message at most."""

INSPECTOR = Actor(kind="key", id="bench", reads_everything=True)
_years = count(2012)


async def exporting(stage: Stage, size: Size) -> Figure:
    """Export dossiers as XES, against a bare COPY of their rows of the ledger to text."""
    begin, end, _ = await _grown(stage, size.exported)
    bare = await asyncpg.connect(stage.dsn, command_timeout=None)
    rows = size.exported * ROWS_OF_DOSSIER
    copied = "SELECT * FROM ledger WHERE id >= ledger_bound($1) AND id < ledger_bound($2)"
    name = f"XES of {rows:,} rows"
    try:

        async def ours() -> float:
            begun = perf_counter()
            body = await exports.export(
                Form.XES, begin=begin, end=end, actor=INSPECTOR, now=machine_now(), key=b"bench"
            )
            events = 0
            async for piece in body:
                events += piece.count(b"<event>")
            took = perf_counter() - begun
            if events != rows:
                raise RuntimeError(f"{events} events of {rows} rows")
            return took * 1000

        async def raw() -> float:
            lines = 0

            async def take(data: bytes) -> None:
                nonlocal lines
                lines += data.count(b"\n")

            begun = perf_counter()
            await bare.copy_from_query(copied, begin, datetime(end.year + 1, 1, 1, tzinfo=UTC), output=take)
            took = perf_counter() - begun
            if lines != rows:
                raise RuntimeError(f"{lines} lines of {rows} rows")
            return took * 1000

        figure = await compared(name, "ms", ours, raw, rounds=min(size.rounds, 5), reach=1 / 3)
    finally:
        await bare.close()
    figure.more["events_per_second"] = round(rows / figure.ours * 1000)
    return figure


async def clocking(stage: Stage, size: Size) -> Figure:
    """Compute the clocks of many dossiers anew, against those of a few, as many times as makes them as many.

    The few are taken at five places: the same ones each time would still lie in memory.
    """
    _, _, codes = await _grown(stage, size.clocked)
    few = max(1, min(1_000, size.clocked // 20))

    async def ours() -> float:
        return await _computed(codes)

    async def raw() -> float:
        places = range(0, len(codes), max(few, len(codes) // 5))
        took = [await _computed(codes[place : place + few]) for place in places]
        return sum(took) / len(took) * (len(codes) / few)

    figure = await compared(
        f"clocks of {len(codes):,} dossiers against {len(codes) // few} times {few:,}",
        "ms",
        ours,
        raw,
        rounds=min(size.rounds, 3),
        reach=1.0,
    )
    figure.more["ms_a_dossier"] = round(figure.ours / len(codes), 3)
    return figure


async def _computed(codes: list[str]) -> float:
    begun = perf_counter()
    for first in range(0, len(codes), A_MESSAGE):
        async with unit_of_work():
            await clocks.refresh({"dossiers": codes[first : first + A_MESSAGE]})
    return (perf_counter() - begun) * 1000


async def _grown(stage: Stage, many: int) -> tuple[datetime, datetime, list[str]]:
    """Make dossiers in a month of a year of their own; gives the bounds of the month and their codes."""
    begin = datetime(next(_years), 3, 1, tzinfo=UTC)
    owner = await asyncpg.connect(stage.server.owner_dsn, command_timeout=None)
    try:
        for month in (3, 4):
            await owner.execute("SELECT ledger_add_month($1)", begin.replace(month=month))
        made = await owner.fetchrow(GROW, begin, many)
        if (made["rows"], made["dossiers"]) != (many * ROWS_OF_DOSSIER, many):
            raise RuntimeError(str(made))
        await owner.execute("ANALYZE ledger, ledger_month, piece, dossier, visibility")
        codes = await owner.fetch(
            "SELECT code FROM dossier WHERE registered_at >= $1 AND registered_at < $2 ORDER BY code",
            begin,
            begin.replace(month=4),
        )
    finally:
        await owner.close()
    await _parties()
    return begin, begin.replace(month=4), [row["code"] for row in codes]


async def _parties() -> None:
    from postal.law import repository as law

    if await fetch_value("SELECT EXISTS (SELECT FROM organisation WHERE code = 'H99.01')"):
        return
    await organisation("BC-990001")
    await organisation("H99.01", kind=Kind.AUTHORITY)
    await organisation("MC-990001", kind=Kind.DESK, parent="H99.01")
    async with unit_of_work():
        await law.add_procedures([a_procedure("9.990001")])
