"""Scans through HTTP with all rules, against bare inserts of the same rows on the same server."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import asyncpg
from msgspec.structs import replace

from postal.app import create_app
from postal.clock import machine_now
from postal.db import count_statements
from tests.benchmarks.counter import DESK, OFFICE, Scanner, registered, scanner
from tests.benchmarks.inside import answered_inside
from tests.benchmarks.measuring import Figure, Size, closed_loop, compared
from tests.benchmarks.raw_ledger import RawLedger
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Wire, get

ACCEPTED = b'"verdict":"accepted"'
KEPT_ROWS = 2_000


async def batch(stage: Stage, size: Size) -> Figure:
    """Receive items at a desk that an office has offered to it, one whole batch a request."""
    office, desk = await scanner("hy-batch-office", OFFICE), await scanner("hy-batch-desk", DESK)
    codes = await registered("DB", size.batch * (size.rounds + 1))
    waiting = [codes[at : at + size.batch] for at in range(0, len(codes), size.batch)]
    async with AsyncExitStack() as stack:
        wire = await _wire(stack, stage.port)
        [into] = await _connections(stack, stage.bare_dsn, 1)
        [reading] = await _connections(stack, stage.dsn, 1)
        ledger = await RawLedger.of(reading)
        insert = await into.prepare(ledger.batch)

        async def ours() -> float:
            now = waiting.pop()
            for kind in ("accept", "hold", "offer"):
                await _uploaded(wire, office, kind, now)
            return await _uploaded(wire, desk, "receive", now) * 1000

        async def raw() -> float:
            rows = await reading.fetch(
                ledger.reading("device = $1 ORDER BY id DESC LIMIT $2"), desk.code, size.batch
            )
            fresh = ledger.fresh(rows)
            columns = list(zip(*(list(next(fresh)) for _ in rows), strict=True))
            begun = perf_counter()
            await insert.fetch(*columns)
            return (perf_counter() - begun) * 1000

        name = f"batch of {size.batch} scans"
        figure = await compared(name, "ms", ours, raw, rounds=size.rounds, reach=0.25, wanted=0.5)
    figure.more["scans_per_second"] = round(size.batch / figure.ours * 1000)
    return figure


async def single(stage: Stage, size: Size) -> Figure:
    """Let devices send one scan after the other, each in a request of its own."""
    scanners = [await scanner(f"hy-single-{number:02}", OFFICE) for number in range(size.clients)]
    codes = await registered("DS", size.pieces * size.clients)
    routines = [
        each.routine(codes[at * size.pieces : (at + 1) * size.pieces]) for at, each in enumerate(scanners)
    ]
    async with AsyncExitStack() as stack:
        wires = [await _wire(stack, stage.port) for _ in scanners]
        into = await _connections(stack, stage.bare_dsn, size.clients)
        [reading] = await _connections(stack, stage.dsn, 1)
        ledger = await RawLedger.of(reading)
        turns = [_scan_turn(wire, routine) for wire, routine in zip(wires, routines, strict=True)]

        async def ours() -> float:
            return await closed_loop(turns, size.seconds)

        await ours()
        rows = await reading.fetch(
            ledger.reading("device LIKE 'hy-single-%' ORDER BY id DESC LIMIT $1"), KEPT_ROWS
        )
        fresh = ledger.fresh(rows)
        inserts = [_insert_turn(await connection.prepare(ledger.single), fresh) for connection in into]

        async def raw() -> float:
            return await closed_loop(inserts, size.seconds)

        name = f"one scan, {size.clients} clients"
        figure = await compared(name, "1/s", ours, raw, rounds=size.rounds, rate=True, reach=0.2, wanted=0.5)
        figure.more |= await _statements(stage, next(routines[0]))
        figure.more["client_ceiling_per_second"] = round(await _ceiling(stage, size))
    return figure


async def alone(stage: Stage, size: Size) -> list[Figure]:
    """Time each single scan of one device that is alone on the system."""
    routine = (await scanner("hy-alone", OFFICE)).routine(await registered("DA", size.pieces))
    async with AsyncExitStack() as stack:
        turn = _scan_turn(await _wire(stack, stage.port), routine)
        [into] = await _connections(stack, stage.bare_dsn, 1)
        [reading] = await _connections(stack, stage.dsn, 1)
        ledger = await RawLedger.of(reading)
        await closed_loop([turn], size.seconds)
        rows = await reading.fetch(ledger.reading("device = 'hy-alone' LIMIT $1"), KEPT_ROWS)
        insert = _insert_turn(await into.prepare(ledger.single), ledger.fresh(rows))
        ours: list[float] = []
        raw: list[float] = []
        for _ in range(size.alone):
            ours.append(await _milliseconds(turn))
            raw.append(await _milliseconds(insert))
    return [
        Figure(name="one scan, one client, p50", unit="ms", ours=median(ours), raw=median(raw)),
        Figure(name="one scan, one client, p99", unit="ms", ours=_p99(ours), raw=_p99(raw)),
    ]


async def _uploaded(wire: Wire, device: Scanner, kind: str, codes: list[str]) -> float:
    now = machine_now()
    request = device.upload([device.scan(kind, code, now) for code in codes], now)
    begun = perf_counter()
    status, body = await wire.ask(request)
    took = perf_counter() - begun
    if status != 200 or body.count(ACCEPTED) != len(codes):
        raise RuntimeError(f"{status}: {body[:500].decode()}")
    return took


def _scan_turn(wire: Wire, routine: Iterator[bytes]) -> Callable[[], Awaitable[None]]:
    async def turn() -> None:
        status, body = await wire.ask(next(routine))
        if status != 200 or ACCEPTED not in body:
            raise RuntimeError(f"{status}: {body[:500].decode()}")

    return turn


def _insert_turn(insert: Any, fresh: Iterator[list[Any]]) -> Callable[[], Awaitable[None]]:
    async def turn() -> None:
        await insert.fetch(*next(fresh))

    return turn


async def _ceiling(stage: Stage, size: Size) -> float:
    """Say how fast the client itself can go: the same requests to a handler that does nothing."""
    async with stage.bare_app() as port, AsyncExitStack() as stack:
        wires = [await _wire(stack, port) for _ in range(size.clients)]

        def turn_of(wire: Wire) -> Callable[[], Awaitable[None]]:
            async def turn() -> None:
                await wire.ask(get("/nothing"))

            return turn

        return await closed_loop([turn_of(wire) for wire in wires], size.seconds)


async def _statements(stage: Stage, request: bytes) -> dict[str, Any]:
    """Count the statements of one scan, BEGIN and COMMIT included, in an application of this process."""
    quiet = replace(stage.settings, logging=replace(stage.settings.logging, level="error"))
    app = create_app(quiet)
    async with app.lifespan():
        with count_statements() as count:
            status = await answered_inside(app, request)
    if status != 200:
        raise RuntimeError(f"{status} inside")
    return {"statements": count.total}


async def _milliseconds(turn: Callable[[], Awaitable[None]]) -> float:
    begun = perf_counter()
    await turn()
    return (perf_counter() - begun) * 1000


def _p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


async def _wire(stack: AsyncExitStack, port: int) -> Wire:
    wire = await Wire.to(port)
    stack.callback(wire.close)
    return wire


async def _connections(stack: AsyncExitStack, dsn: str, count: int) -> list[asyncpg.Connection]:
    made = []
    for _ in range(count):
        made.append(await asyncpg.connect(dsn))
        stack.push_async_callback(made[-1].close)
    return made
