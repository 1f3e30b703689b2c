"""The anonymous answer to a citizen, against a bare handler that sends the same statements and gives their rows."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from gzip import decompress as gunzip
from itertools import count

import httpx

from postal.clock import machine_now
from tests.benchmarks.measuring import Figure, Size, closed_loop, compared
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Wire, get
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.pieces import scan

_callers = count(1)


async def tracking(stage: Stage, size: Size) -> Figure:
    """Ask for dossiers at all stages, every request from an address of its own."""
    codes = await _cases(stage, size.dossiers)
    async with stage.bare_app() as bare, AsyncExitStack() as stack:
        ours = [await _turn(stack, stage.port, "/api/v1/track", codes, at) for at in range(size.clients)]
        raw = [await _turn(stack, bare, "/track", codes, at) for at in range(size.clients)]
        return await compared(
            f"anonymous tracking, {size.clients} clients",
            "1/s",
            lambda: closed_loop(ours, size.seconds),
            lambda: closed_loop(raw, size.seconds),
            rounds=size.rounds,
            rate=True,
            reach=0.5,
            wanted=0.7,
        )


async def page(stage: Stage, size: Size) -> list[Figure]:
    """Load the page as a phone does, compressed, against the same bare handler; and weigh it on a cold cache."""
    codes = await _cases(stage, size.dossiers)
    taking = "Accept-Encoding: gzip\r\n"
    async with stage.bare_app() as bare, AsyncExitStack() as stack:
        ours = [await _turn(stack, stage.port, "/t", codes, at, taking) for at in range(size.clients)]
        raw = [await _turn(stack, bare, "/track", codes, at) for at in range(size.clients)]
        shown = await compared(
            f"tracking page, compressed, {size.clients} clients",
            "1/s",
            lambda: closed_loop(ours, size.seconds),
            lambda: closed_loop(raw, size.seconds),
            rounds=size.rounds,
            rate=True,
        )
    weights = [await _weight(stage.port, code) for code in codes[:20]]
    weight = Figure(
        name="tracking page with its stylesheet, cold",
        unit="bytes",
        ours=max(sum(each.values()) for each in weights),
        reach=30_000,
        wanted=20_000,
        more={"heaviest": max(weights, key=lambda each: sum(each.values()))},
    )
    return [shown, weight]


async def _weight(port: int, code: str) -> dict[str, int]:
    """Count the bytes of the page and of everything that it loads, heads included, in the order of loading."""
    found, waiting = {}, [f"/t/{code}"]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while waiting:
            path = waiting.pop(0)
            asking = {"Accept-Encoding": "gzip", "X-Forwarded-For": f"10.200.0.{next(_callers) % 250}"}
            async with client.stream("GET", path, headers=asking) as answer:
                raw = b"".join([part async for part in answer.aiter_raw()])
            head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
            found[path.split("?")[0].replace(code, "{code}")] = head + len(raw)
            if answer.headers["content-type"].startswith("text/html"):
                waiting += re.findall(
                    r'<(?:link|script|img)[^>]+(?:href|src)="(/static/[^"]+)"', gunzip(raw).decode()
                )
    return found


async def _cases(stage: Stage, dossiers: int) -> list[str]:
    """Make dossiers: registered, at the post, at the desk, and with a result on its way home; give all their codes."""
    now = machine_now()
    codes = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stage.port}") as client:
        desks = await Desks(client, now - timedelta(days=1)).prepare()
        for number in range(dossiers):
            code = await desks.dossier()
            codes.append(code)
            if number % 4 == 0:
                continue
            await scan("accept", code, OFFICE, machine_now())
            made = await client.post(
                "/api/v1/items", json={"destination": DESK, "pieces": [code]}, headers=desks.clerk
            )
            codes.append(str(made.json()["code"]))
            if number % 4 == 1:
                continue
            await scan("receive", codes[-1], DESK, machine_now())
            await desks.states(code, "received", "step_done")
            if number % 4 == 2:
                continue
            await desks.states(code, "completed")
            codes.append(f"{code}-KQ")
            await scan("receive", codes[-1], OFFICE, machine_now(), counterparty=DESK)
    return codes


async def _turn(
    stack: AsyncExitStack, port: int, path: str, codes: list[str], first: int, further: str = ""
) -> Callable[[], Awaitable[None]]:
    wire = await Wire.to(port)
    stack.callback(wire.close)
    places = count(first * 7)

    async def turn() -> None:
        caller = next(_callers)
        address = f"X-Forwarded-For: 10.{caller >> 16 & 255}.{caller >> 8 & 255}.{caller & 255}\r\n{further}"
        status, body = await wire.ask(get(f"{path}/{codes[next(places) % len(codes)]}", address))
        if status != 200 or len(body) < 100:
            raise RuntimeError(f"{status}: {body[:500].decode()}")

    return turn
