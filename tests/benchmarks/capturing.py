"""Events of a partner captured as EPCIS documents, against the same happenings uploaded as scans."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta, timezone
from time import perf_counter
from typing import Any

import msgspec

from integrations.epcis.rules.addresses import Names
from postal.clock import machine_now
from postal.identity.rules import Role
from postal.identity.service import create_key
from postal.outbox import drain
from tests.benchmarks.counter import OFFICE, Scanner, registered, scanner
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.scans import ACCEPTED
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Wire, post_head

NAMES = Names()
VIETNAM = timezone(timedelta(hours=7))
AT_ONCE = 100
"""Events of a document that is done while its sender waits."""


async def capturing(stage: Stage, size: Size) -> list[Figure]:
    """Capture small documents, done at once, and large ones, checked whole and taken in by steps of the outbox."""
    device = await scanner("hy-epcis", OFFICE)
    head = post_head("/api/v1/epcis/capture", await create_key(OFFICE, [Role.SYSTEM], machine_now()))
    small, large = min(AT_ONCE, size.batch), size.batch * 5
    async with AsyncExitStack() as stack:
        wire = await Wire.to(stage.port)
        stack.callback(wire.close)
        figures = []
        for name, count, rounds in (
            ("at once", small, size.rounds),
            ("in steps", large, min(4, size.rounds)),
        ):
            codes = iter(await registered("EA" if count == small else "EB", 2 * count * (rounds + 1)))

            async def ours(codes: Iterator[str] = codes, count: int = count) -> float:
                return await _captured(wire, head, [next(codes) for _ in range(count)])

            async def raw(codes: Iterator[str] = codes, count: int = count) -> float:
                return await _scanned(wire, device, [next(codes) for _ in range(count)])

            figures.append(
                await compared(
                    f"EPCIS, documents of {count} {name}, against scans", "1/s", ours, raw,
                    rounds=rounds, rate=True, reach=1 / 3,
                )
            )  # fmt: skip
    return figures


async def _captured(wire: Wire, head: str, codes: Sequence[str]) -> float:
    body = _document(codes, machine_now())
    begun = perf_counter()
    status, answer = await wire.ask(f"{head}{len(body)}\r\n\r\n".encode() + body)
    # A large one goes on in a worker, which here is this process.
    await drain()
    took = perf_counter() - begun
    if status != 202:
        raise RuntimeError(f"{status}: {answer[:500].decode()}")
    return len(codes) / took


async def _scanned(wire: Wire, device: Scanner, codes: Sequence[str]) -> float:
    now = machine_now()
    requests = [
        device.upload([device.scan("hold", code, now) for code in codes[at : at + 200]], now)
        for at in range(0, len(codes), 200)
    ]
    begun = perf_counter()
    for request in requests:
        status, body = await wire.ask(request)
        if status != 200 or ACCEPTED not in body:
            raise RuntimeError(f"{status}: {body[:500].decode()}")
    return len(codes) / (perf_counter() - begun)


def _document(codes: Sequence[str], now: datetime) -> bytes:
    at = now.astimezone(VIETNAM).isoformat(timespec="milliseconds")
    return msgspec.json.encode(
        {
            "@context": NAMES.context,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": at,
            "epcisBody": {"eventList": [_event(code, at) for code in codes]},
        }
    )


def _event(code: str, at: str) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventTime": at,
        "eventTimeZoneOffset": at[-6:],
        "epcList": [NAMES.thing(code)],
        "action": "OBSERVE",
        "bizStep": "storing",
        "disposition": "available",
        "readPoint": {"id": NAMES.party(OFFICE)},
        "bizLocation": {"id": NAMES.party(OFFICE)},
    }
