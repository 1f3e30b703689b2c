"""Closing manifests, and looking again at what came to light after the closing."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies import service as cases
from manifests.discrepancies.rules import LATE_SCAN, Discrepancy, Finding, Reason, Standing, contradicted
from manifests.manifests import repository as manifests
from manifests.manifests.repository import on_manifests
from manifests.manifests.rules import Action, Manifest, State
from manifests.manifests.service import hold, require
from manifests.reconciliation import repository
from manifests.reconciliation.rules import EXCEPTIONS, LineClass, ReconciledLine, Reconciliation
from manifests.reconciliation.service.judging import judge
from postal.db import unit_of_work
from postal.errors import Conflict
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from postal.outbox.service import publish

TOPIC = "manifests.recheck"
PAGE = 100


async def close(code: str, *, actor: Actor, now: datetime) -> Manifest:
    """Settle a manifest: every line has its class for the record, and each exception its discrepancy.

    Raises Conflict while a piece may still turn up on a device that has not told everything.
    """
    manifest = await manifests.get(code, actor)
    require(Action.CLOSE, manifest, actor)
    async with unit_of_work():
        await hold(manifest)
        manifest = await manifests.get(code, actor)
        require(Action.CLOSE, manifest, actor)
        result, _ = await judge(manifest, now=now)
        waiting = [line for line in result.lines if line.line_class is LineClass.AWAITING_DEVICE]
        if waiting:
            raise Conflict(
                "manifest.awaiting_device",
                vi="Còn máy quét chưa đồng bộ; chưa thể chốt",
                en="A device has not told everything yet; it cannot be closed",
                manifest=code,
                pieces=[line.code for line in waiting],
                devices=sorted({gap.device for line in waiting for gap in line.evidence.devices}),
                until=result.waiting_until,
            )
        found = [_finding(manifest, line) for line in result.lines if line.line_class in EXCEPTIONS]
        opened = await cases.opening(
            code, found, organisation=manifest.receiver, person=actor.person, now=now
        )
        await record([_closing(manifest, result, actor, now), *opened])
        return await manifests.get(code, actor)


async def notice_late(touched: Touched) -> None:
    """Ask for another look at closed manifests about which these codes' rows came to light late (a projector)."""
    codes = list(await touched.once(on_manifests))
    if codes and (late := await repository.closed_and_late(codes)):
        await publish(TOPIC, {"manifests": late})


async def recheck(codes: Iterable[str], now: datetime) -> None:
    """Open, reopen or settle the discrepancies of closed manifests as the rows now known demand.

    Within the caller's unit of work. A person's resolution stands until the class of the piece becomes another one.
    """
    named = sorted((await manifests.find_many(list(codes))).items())
    closed = [(code, manifest) for code, manifest in named if manifest.state is State.CLOSED]
    await hold(*(manifest for _, manifest in closed))
    reasons = await discrepancies.reasons_at(local_day(now))
    looks: dict[str, datetime | None] = {}
    for code, manifest in closed:
        result, _ = await judge(manifest, now=now)
        lines = {line.code: line for line in result.lines}
        standing = {one.piece: one for one in await discrepancies.of_manifest(code)}
        # A piece of which nothing is told any more was scanned by mistake, and that was corrected.
        settled = {
            case: lines.get(piece) for piece, case in standing.items() if _settles(lines.get(piece), case)
        }
        rows = [_settling(case, line, now) for case, line in settled.items()]
        found = [
            _finding(manifest, line, standing.get(line.code))
            for line in result.lines
            if _is_news(line, standing.get(line.code), reasons)
        ]
        rows += await cases.opening(code, found, organisation=None, person=None, now=now, earlier=standing)
        await record(rows)
        looks[code] = _look_at(result)
    await repository.put_looks(looks)


async def look_again(now: datetime) -> None:
    """Ask for another look at the closed manifests whose lines have become missing by time alone (regular work)."""
    more = True
    while more:
        async with unit_of_work():
            due = await repository.take_due(now, PAGE)
            for code in due:
                await publish(TOPIC, {"manifests": [code]})
        more = len(due) == PAGE


def _look_at(result: Reconciliation) -> datetime | None:
    """Say when what is awaited becomes missing if nobody speaks: a correction may leave a closed line so."""
    return result.waiting_until if result.counts[LineClass.AWAITING_DEVICE] else None


def _settling(case: Discrepancy, line: ReconciledLine | None, now: datetime) -> Row:
    by_row = line.evidence.changed_by if line is not None else None
    return cases.resolving(case, LATE_SCAN, organisation=None, person=None, now=now, by_row=by_row)


def _settles(line: ReconciledLine | None, case: Discrepancy) -> bool:
    """Tell whether a line that is well again settles its case; one opened since its settling was wrong stays open.

    A line that awaits a device is not well: nobody has told of the piece, and its time to be missing may come.
    """
    well = line is None or line.line_class not in EXCEPTIONS | {LineClass.AWAITING_DEVICE}
    return well and case.state is Standing.OPEN and case.line_class in EXCEPTIONS


def _is_news(line: ReconciledLine, before: Discrepancy | None, reasons: Mapping[str, Reason]) -> bool:
    """Tell whether a case must be opened: for what is wrong now, or since what settled it turns out untrue."""
    if before is not None and contradicted(before, line.line_class, reasons):
        return True
    if line.line_class not in EXCEPTIONS:
        return False
    return before is None or before.line_class != line.line_class or before.resolution == LATE_SCAN


def _finding(manifest: Manifest, line: ReconciledLine, before: Discrepancy | None = None) -> Finding:
    reason = line.evidence.reason
    if before is not None and line.line_class not in EXCEPTIONS:
        reason = "contradicted"
    return Finding(
        piece=line.code,
        line_class=line.line_class.value,
        reason=reason,
        owner=line.answers or manifest.giver,
        row=line.evidence.changed_by,
    )


def _closing(manifest: Manifest, result: Reconciliation, actor: Actor, now: datetime) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind="manifest.closed",
        code=manifest.code,
        occurred_at=now,
        now=now,
        actor_organisation=manifest.receiver,
        person=actor.person,
        body={
            "as_of": canonical_instant(now),
            "counts": {name.value: count for name, count in result.counts.items()},
            "lines": {line.code: line.line_class.value for line in result.lines},
        },
    )
