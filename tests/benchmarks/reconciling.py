"""Reconciling a manifest, against the bare full join of its lines with the scans of both sides."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import count
from time import perf_counter
from typing import Any

import asyncpg

from manifests.manifests import service as manifests
from manifests.reconciliation import service
from manifests.reconciliation.rules import LineClass
from postal.clock import machine_now
from postal.db import load_sql, unit_of_work
from postal.identity.rules import Actor, Role
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from tests.benchmarks.counter import DESK, OFFICE, registered, scanner
from tests.benchmarks.measuring import Figure, Measured, Size, compared
from tests.benchmarks.stage import Stage

BARE_JOIN = load_sql(__package__, "bare_join.sql")
GIVER = Actor(
    kind="key", id="bench", organisation=OFFICE, sees=frozenset({OFFICE}), roles=frozenset({Role.CLERK})
)
TIMES = 20
_firsts = count(1, 100_000)


async def reconciling(stage: Stage, size: Size) -> list[Figure]:
    """Reconcile a manifest of the usual length, and one of twenty times as many lines at no more for each."""
    await scanner("hy-reconciling", OFFICE)
    await scanner("hy-reconciled", DESK)
    rounds = max(2, size.rounds // 2)
    async with AsyncExitStack() as stack:
        bare = await asyncpg.connect(stage.dsn)
        stack.push_async_callback(bare.close)
        usual, usual_joined = await _measured(bare, size.lines)
        long, long_joined = await _measured(bare, size.lines * TIMES)
        return [
            await compared(
                f"reconciling {size.lines:,} lines",
                "ms",
                usual,
                usual_joined,
                rounds=size.rounds * 2,
                reach=0.125,
            ),
            await compared(
                f"reconciling {size.lines * TIMES:,} lines",
                "ms",
                long,
                long_joined,
                rounds=rounds,
                reach=0.125,
            ),
            await compared(
                f"{size.lines * TIMES:,} lines against {TIMES} times {size.lines:,}",
                "ms",
                long,
                _times(usual),
                rounds=rounds,
                reach=1.0,
            ),
        ]


def _times(work: Measured) -> Measured:
    async def several() -> float:
        return sum([await work() for _ in range(TIMES)])

    return several


async def _measured(bare: asyncpg.Connection, lines: int) -> tuple[Measured, Measured]:
    """Hand over a manifest; gives what reconciles it, and the bare join of its lines with their scans."""
    manifest = await _handed_over(lines)
    joined = await bare.prepare(BARE_JOIN)

    async def ours() -> float:
        begun = perf_counter()
        _, result, _ = await service.reconciliation(manifest, actor=GIVER, now=machine_now())
        took = perf_counter() - begun
        if result.counts[LineClass.MATCHED] != lines - 2 * _few(lines) or len(result.lines) != lines + 1:
            raise RuntimeError(str(result.counts))
        return took * 1000

    async def raw() -> float:
        begun = perf_counter()
        rows = await joined.fetch(manifest)
        took = perf_counter() - begun
        if len(rows) != lines + 1:
            raise RuntimeError(f"{len(rows)} rows")
        return took * 1000

    return ours, raw


def _few(lines: int) -> int:
    return max(1, lines // 50)


async def _handed_over(lines: int) -> str:
    """Hand over a manifest of which one line in fifty is missing, one damaged, and one piece too many came."""
    codes = await registered("DM", lines + 1, next(_firsts))
    listed, extra, few = codes[:lines], codes[lines], _few(lines)
    now = machine_now()
    manifest = (await manifests.create(receiver=DESK, lines=listed, actor=GIVER, now=now)).code
    await manifests.seal(manifest, actor=GIVER, now=machine_now())
    await _scanned("offer", listed, OFFICE, manifest, counterparty=DESK)
    await manifests.dispatch(manifest, actor=GIVER, now=machine_now())
    await _scanned("receive", [*listed[: lines - 2 * few], extra], DESK, manifest, counterparty=OFFICE)
    await _scanned(
        "receive",
        listed[lines - 2 * few : lines - few],
        DESK,
        manifest,
        counterparty=OFFICE,
        condition="damaged",
    )
    return manifest


async def _scanned(kind: str, codes: Sequence[str], organisation: str, manifest: str, **body: Any) -> None:
    for at in range(0, len(codes), 500):
        now = machine_now()
        async with unit_of_work():
            await record(
                [
                    _scan(kind, code, organisation, {"manifest": manifest, **body}, now)
                    for code in codes[at : at + 500]
                ]
            )


def _scan(kind: str, code: str, organisation: str, body: dict[str, Any], now: datetime) -> Row:
    return authored(
        stream=Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=now - timedelta(milliseconds=1),
        now=now,
        actor_organisation=organisation,
        person=f"NV-{organisation}",
        body=body,
    )
