"""Compare what the system says at the end with what is true: holders, classes, times."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from integrations.simulation.rules.truth import LineTruth, TimeTruth, Truth
from integrations.simulation.service.client import Client, SimulationError
from integrations.simulation.service.settling import CONTROL

READS_AT_ONCE = 4


class Subject(msgspec.Struct):
    """How many answers of one kind were right, and each that was not; `table` counts what was said of what is true."""

    name: str
    right: int = 0
    table: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    wrong: list[str] = msgspec.field(default_factory=list)

    def judge(self, said: object, true: object, what: str) -> None:
        """Count one answer."""
        if said == true:
            self.right += 1
        else:
            self.wrong.append(f"{what}: system says {said}, true is {true}")


async def compare(client: Client, truth: Truth, ends: datetime) -> list[Subject]:
    """Ask the system about every piece, every line and every clock."""
    return [
        await _holders(client, truth),
        await _classes(client, truth.lines, ends),
        await _times(client, truth.times),
    ]


async def _holders(client: Client, truth: Truth) -> Subject:
    subject = Subject("holders")
    listed = await client.pages("/api/v1/pieces", CONTROL, limit=200)
    pieces = {piece["code"]: piece for piece in listed}
    for thing in truth.pieces:
        code = client.resolve(thing.name) if client.made(thing.name) else "refused"
        piece = pieces.get(code, {})
        said: object = sorted(piece.get("claims", ["nobody knows it"]))
        if piece.get("undecided"):
            said = f"undecided {piece['undecided']}"
        subject.judge(
            said, sorted(thing.claims), f"{thing.kind} {code} ({thing.name}, {thing.story}, at {thing.where})"
        )
    return subject


async def _classes(client: Client, lines: Iterable[LineTruth], ends: datetime) -> Subject:
    subject = Subject("classes")
    expected: dict[str, dict[str, str]] = {}
    for line in lines:
        if client.made(line.manifest) and client.made(line.piece):
            expected.setdefault(line.manifest, {})[client.resolve(line.piece)] = line.line_class
        else:
            subject.judge("refused to make it", line.line_class, f"{line.manifest} {line.piece}")
    gate = asyncio.Semaphore(READS_AT_ONCE)

    async def read(manifest: str) -> tuple[str, dict[str, Any]]:
        async with gate:
            path = f"/api/v1/manifests/{manifest}/reconciliation"
            return manifest, await client.get(path, CONTROL, as_of=ends.isoformat())

    for manifest, said in await asyncio.gather(*(read(manifest) for manifest in expected)):
        classes = {line["code"]: line["line_class"] for line in said["lines"]}
        for code in sorted(expected[manifest].keys() | classes.keys()):
            name = f"{client.resolve(manifest)} ({manifest}) {code}"
            true = expected[manifest].get(code)
            subject.table[str(true), str(classes.get(code))] += 1
            subject.judge(classes.get(code), true, name)
    return subject


def confusion(table: Counter[tuple[str, str]]) -> list[str]:
    """Write a table of what is true (rows) against what was said (columns), line by line."""
    names = sorted({name for pair in table for name in pair})
    width = max(map(len, names), default=0)
    lines = [" ".join((" " * width, *(f"{name:>{len(name)}}" for name in names)))]
    for true in names:
        cells = (f"{table[true, said] or '.':>{len(said)}}" for said in names)
        lines.append(" ".join((f"{true:<{width}}", *cells)))
    return lines


async def false_missing(client: Client, truth: Truth, evenings: Sequence[datetime]) -> Subject:
    """Ask of each evening what was missing then; nothing of it may be what the receiver had in hand by then."""
    subject = Subject("missing")
    taken = {(one.manifest, client.resolve(one.piece)): one for one in truth.taken if client.made(one.piece)}
    for evening in evenings:
        for manifest in sorted({line.manifest for line in truth.lines if client.made(line.manifest)}):
            path = f"/api/v1/manifests/{manifest}/reconciliation"
            try:
                said = await client.get(path, CONTROL, as_of=evening.isoformat())
            except SimulationError:
                # It was not sealed yet.
                continue
            for line in said["lines"]:
                one = taken.get((manifest, line["code"]))
                had = one is not None and one.at <= evening < one.waits
                wrong = line["line_class"] == "missing" and had
                subject.judge(wrong, False, f"{evening:%d/%m %H:%M} {manifest} {line['code']} is missing")
    return subject


async def _times(client: Client, times: Iterable[TimeTruth]) -> Subject:
    subject = Subject("times")
    by_dossier: dict[str, list[TimeTruth]] = {}
    for time in times:
        if client.made(time.dossier):
            by_dossier.setdefault(time.dossier, []).append(time)
        else:
            subject.judge("refused to make it", time.clock, time.dossier)
    gate = asyncio.Semaphore(READS_AT_ONCE)

    async def read(dossier: str) -> tuple[str, dict[str, Any]]:
        async with gate:
            return dossier, await client.get(f"/api/v1/dossiers/{dossier}/clocks", CONTROL)

    for dossier, said in await asyncio.gather(*(read(dossier) for dossier in by_dossier)):
        clocks = {clock["clock"]: clock for clock in said["clocks"]}
        for time in by_dossier[dossier]:
            clock = clocks.get(time.clock, {})
            name = f"{client.resolve(dossier)} ({dossier}) {time.clock}"
            if time.started is not None:
                started = clock.get("started")
                _judge_instant(subject, started, time.started, f"{name} start", device=time.start_by_device)
            _judge_instant(
                subject, clock.get("stopped"), time.stopped, f"{name} stop", device=time.stop_by_device
            )
    return subject


def _judge_instant(
    subject: Subject, said: dict[str, Any] | None, true: datetime | None, what: str, *, device: bool
) -> None:
    """Weigh an instant: within the error that the system itself states, and exact where no device measured it."""
    told = datetime.fromisoformat(said["at"]) if said else None
    if said is not None and told is not None and true is not None:
        slack = timedelta(milliseconds=said["uncertainty_ms"]) if device else timedelta(0)
        if abs(told - true) <= slack:
            told = true
    subject.judge(told, true, what)
