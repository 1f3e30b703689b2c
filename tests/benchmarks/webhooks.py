"""Webhooks: deliveries with signatures and log against bare httpx, and how long after its scan an event arrives."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from statistics import quantiles
from time import perf_counter
from uuid import UUID

import httpx
import msgspec
from msgspec.structs import replace

from integrations.deliveries.service import deliver_due, enqueue, keep_delivering
from integrations.webhooks import service
from integrations.webhooks.rules import KIND, ping_of
from postal import db, registry
from postal.clock import machine_now
from postal.identifiers import new_id
from tests.benchmarks.counter import OFFICE, registered, scanner
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.stage import ROOT, Stage
from tests.benchmarks.taking import serve
from tests.benchmarks.wire import Wire
from tests.factories.receivers import integrator, subscribed

AT_ONCE = 8
A_SECOND = 200
WITHIN_S = 20.0


async def webhooks(stage: Stage, size: Size) -> list[Figure]:
    """Measure both."""
    return [await _deliveries(stage, size), await _lag(stage, size)]


async def _deliveries(stage: Stage, size: Size) -> Figure:
    """Send as many messages as a batch has scans, five times over: built, signed, sent and noted; or bare posts."""
    count = size.batch * 5
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(_receiver())
        now = machine_now()
        one = await _subscribed(stage, f"http://127.0.0.1:{port}", now)
        client = await stack.enter_async_context(httpx.AsyncClient())
        body = msgspec.json.encode({"type": "scan.hold", "timestamp": now, "data": {"text": "x" * 600}})

        async def ours() -> float:
            at = machine_now()
            messages = [
                replace(message, payload={"data": {**message.payload["data"], "text": "x" * 500}})
                for message in (ping_of(new_id(at), one, at) for _ in range(count))
            ]
            async with db.unit_of_work():
                await enqueue(KIND, one, messages, now=at)
            begun = perf_counter()
            made = await deliver_due(machine_now())
            if made != count:
                raise RuntimeError(f"{made} of {count} messages were sent")
            return count / (perf_counter() - begun)

        async def raw() -> float:
            begun = perf_counter()
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(_posts(client, f"http://127.0.0.1:{port}/", body, count // AT_ONCE))
            return count / (perf_counter() - begun)

        rounds = max(2, size.rounds // 3)
        name = "webhooks delivered, signed and noted"
        figure = await compared(name, "1/s", ours, raw, rounds=rounds, rate=True, reach=1 / 3)
        await service.delete(one, actor=integrator(OFFICE), now=machine_now())
    return figure


async def _posts(client: httpx.AsyncClient, url: str, body: bytes, count: int) -> None:
    for _ in range(count):
        answer = await client.post(url, content=body, headers={"content-type": "application/json"})
        answer.raise_for_status()


async def _lag(stage: Stage, size: Size) -> Figure:
    """Scan 200 times a second for some seconds while the worker's two parts run; from the answer to the arrival."""
    count = min(int(A_SECOND * size.seconds * 6), size.pieces * size.clients)
    device = await scanner("hy-webhooks", OFFICE)
    codes = await registered("DW", count)
    arrived: dict[str, float] = {}
    answered: dict[str, float] = {}

    def take(body: bytes) -> None:
        said = msgspec.json.decode(body)
        arrived.setdefault(said["data"].get("id", ""), perf_counter())

    server = await serve(take)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    one = await _subscribed(stage, origin, machine_now())
    working = [asyncio.create_task(part()) for part in (service.keep_fanning, keep_delivering)]
    try:
        wires = [await Wire.to(stage.port) for _ in range(size.clients)]

        async def scanned(number: int) -> None:
            await asyncio.sleep(number / A_SECOND)
            now = machine_now()
            scan = device.scan("accept", codes[number], now)
            wire = free.pop() if free else await Wire.to(stage.port)
            status, body = await wire.ask(device.upload([scan], now))
            free.append(wire)
            if status != 200:
                raise RuntimeError(f"{status}: {body[:300].decode()}")
            answered[str(scan["id"])] = perf_counter()

        free, begun = list(wires), perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(scanned(number))
        took = perf_counter() - begun
        async with asyncio.timeout(WITHIN_S):
            while not answered.keys() <= arrived.keys():  # noqa: ASYNC110 - the receiver knows of no end
                await asyncio.sleep(0.02)
    finally:
        for part in working:
            part.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        server.close()
        await service.delete(one, actor=integrator(OFFICE), now=machine_now())
    lags = [arrived[each] - at for each, at in answered.items()]
    cuts = quantiles(lags, n=100)
    name = f"webhook after its scan at {A_SECOND} a second, p99"
    return Figure(
        name=name,
        unit="s",
        ours=max(cuts[98], 0.001),
        reach=2.0,
        # On a busy machine fewer are answered than are asked for, and the lag is that of fewer.
        more={"p50": round(cuts[49], 3), "scans": count, "answered a second": round(count / took)},
    )


async def _subscribed(stage: Stage, origin: str, now: datetime) -> UUID:
    registry.configure(replace(stage.settings, outgoing=replace(stage.settings.outgoing, trusted=(origin,))))
    subscription, _ = await subscribed(OFFICE, f"{origin}/", now)
    return subscription.id


@asynccontextmanager
async def _receiver() -> AsyncIterator[int]:
    """Run the lightest receiver in a process of its own; gives its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.taking", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()
