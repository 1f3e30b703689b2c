"""uvicorn, as `postal serve` runs it, beside granian: the same application, one worker each, and how each ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from time import perf_counter

import msgspec
from msgspec.structs import replace

from tests.benchmarks.counter import OFFICE, registered, scanner
from tests.benchmarks.measuring import Figure, Size, closed_loop, compared
from tests.benchmarks.scans import _scan_turn
from tests.benchmarks.stage import PATIENCE_S, ROOT, Stage, until_ready
from tests.benchmarks.tracking import _cases, _turn
from tests.benchmarks.wire import Wire, get

Turns = list[Callable[[], Awaitable[None]]]


async def servers(stage: Stage, size: Size) -> list[Figure]:
    """Compare them by single scans, by tracking, and by what happens to requests when they are told to stop."""
    figures = []
    with granian(stage) as (port, process):
        await until_ready(port, "/health/ready", process)
        codes = await _cases(stage, min(size.dossiers, 20))
        async with AsyncExitStack() as stack:
            scanning = [
                await _scanning(stack, stage.port, "u", size),
                await _scanning(stack, port, "g", size),
            ]
            asking = [
                [await _turn(stack, each, "/api/v1/track", codes, at) for at in range(size.clients)]
                for each in (stage.port, port)
            ]
            for what, turns in (("one scan", scanning), ("tracking", asking)):
                figures.append(await _rates(f"{what}: uvicorn, granian", turns, size))
        figures.append(await _ended(port, process, "granian", size))
    with stage.web() as (port, process):
        await until_ready(port, "/health/ready", process)
        figures.append(await _ended(port, process, "uvicorn", size))
    return figures


@contextmanager
def granian(stage: Stage) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run it with one worker; it takes no socket that already listens, so it gets a port that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    given = stage.folder / "granian.json"
    given.write_bytes(
        msgspec.json.encode(replace(stage.settings, web=replace(stage.settings.web, port=port)))
    )
    arguments = (
        f"--interface asgi --http 1 --loop uvloop --workers 1 --workers-kill-timeout 5 --no-log --port {port}"
    )
    with (stage.folder / "granian.log").open("wb") as log:
        process = subprocess.Popen(
            [
                Path(sys.executable).with_name("granian"),
                *arguments.split(),
                "tests.benchmarks.granian_app:app",
            ],
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "BENCH_SETTINGS": str(given), "PYTHONPATH": str(ROOT)},
        )
    try:
        yield port, process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


async def _scanning(stack: AsyncExitStack, port: int, name: str, size: Size) -> Turns:
    codes = await registered("GR" if name == "g" else "UV", size.pieces * size.clients)
    turns: Turns = []
    for number in range(size.clients):
        device = await scanner(f"hy-{name}-{number:02}", OFFICE)
        wire = await Wire.to(port)
        stack.callback(wire.close)
        turns.append(_scan_turn(wire, device.routine(codes[number * size.pieces :][: size.pieces])))
    return turns


async def _rates(name: str, turns: list[Turns], size: Size) -> Figure:
    async def ours() -> float:
        return await closed_loop(turns[0], size.seconds)

    async def other() -> float:
        return await closed_loop(turns[1], size.seconds)

    return await compared(name, "1/s", ours, other, rounds=size.rounds, rate=True)


async def _ended(port: int, process: subprocess.Popen[bytes], name: str, size: Size) -> Figure:
    """Tell it to stop while clients ask over kept connections; count what was sent and never answered."""
    lost = answered = 0

    async def client() -> None:
        nonlocal lost, answered
        wire = await Wire.to(port)
        while process.poll() is None:
            try:
                await asyncio.wait_for(wire.ask(get("/health/live")), PATIENCE_S)
                answered += 1
            except (OSError, TimeoutError):
                lost += 1
                return
            if wire.leaving:
                return

    clients = [asyncio.create_task(client()) for _ in range(size.clients)]
    await asyncio.sleep(size.seconds)
    begun = perf_counter()
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait, PATIENCE_S)
    took = perf_counter() - begun
    await asyncio.gather(*clients)
    return Figure(
        name=f"SIGTERM under load: {name}",
        unit="s",
        ours=took,
        more={"answered": answered, "unanswered": lost},
    )
