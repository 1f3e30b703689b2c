"""Reconciling manifests from the ledger, closing them, and looking again at what came to light after the closing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies import service as cases
from manifests.discrepancies.rules import Discrepancy, Finding, Resolution, Standing
from manifests.manifests import repository as manifests
from manifests.manifests.repository import on_manifests
from manifests.manifests.rules import Action, Manifest, State
from manifests.manifests.service import hold, require
from manifests.reconciliation import repository
from manifests.reconciliation.repository import OtherManifest
from manifests.reconciliation.rules import (
    EXCEPTIONS,
    ClosedVerdict,
    Custody,
    Elsewhere,
    Handover,
    Line,
    LineClass,
    ReconciledLine,
    Reconciliation,
    handover_window,
    reconcile,
)
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict
from postal.identity.repository.scans import devices_on_duty
from postal.identity.rules import Actor
from postal.law.repository import constants_at
from postal.ledger.projections import Touched
from postal.ledger.repository import rows_of
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from postal.outbox.service import publish
from shipments.custody import repository as custody
from shipments.custody.projection import fold_pieces
from shipments.pieces.repository import find_many as find_pieces
from shipments.pieces.rules import Piece

TOPIC = "manifests.recheck"
WAITING = "reconciliation.waiting_hours"


class _Facts(Struct, frozen=True, kw_only=True):
    """Everything that bears on one manifest, read in a number of statements that does not depend on its size."""

    rows: list[Row]
    pieces: Mapping[str, Piece]
    others: Mapping[str, Sequence[OtherManifest]]
    custody: Mapping[str, Custody]


async def reconciliation(
    code: str, *, actor: Actor, now: datetime, as_of: datetime | None = None
) -> tuple[Manifest, Reconciliation, ClosedVerdict | None]:
    """Reconcile a manifest for one of its parties, as known at `as_of` (now when absent).

    Gives with it what was found at the closing, if it was closed by then.
    """
    manifest = await manifests.get(code, actor)
    if as_of is not None and as_of > now:
        raise BadInput(
            "manifest.future",
            vi="Thời điểm ở tương lai",
            en="The time is in the future",
            pointer="/query/as_of",
        )
    if manifest.sealed_at is None or (as_of is not None and as_of < manifest.sealed_at):
        raise Conflict(
            "manifest.not_sealed",
            vi="Bảng kê chưa niêm phong vào lúc đó",
            en="The manifest was not sealed then",
            manifest=code,
        )
    result, rows = await judge(manifest, now=now, as_of=as_of)
    return manifest, result, _at_close(manifest, rows, result)


async def judge(
    manifest: Manifest, *, now: datetime, as_of: datetime | None = None
) -> tuple[Reconciliation, list[Row]]:
    """Reconcile a sealed manifest from the ledger; gives the rows that were weighed as well."""
    at = as_of or now
    facts = await _facts(manifest, at, past=as_of is not None and as_of < now)
    handover = _handover(manifest, facts, at)
    window = handover_window(handover, facts.rows, at)
    devices = await devices_on_duty([handover.giver, handover.receiver], *window)
    hours = (await constants_at(local_day(handover.sealed_at))).number(WAITING)
    result = reconcile(
        handover,
        facts.rows,
        custody=facts.custody,
        elsewhere=_elsewhere(handover, facts),
        coverage=await repository.coverage_of(devices, at),
        waiting_limit=timedelta(hours=hours),
        as_of=at,
    )
    return result, facts.rows


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
    for code, manifest in closed:
        result, _ = await judge(manifest, now=now)
        standing = {one.piece: one for one in await discrepancies.of_manifest(code)}
        rows = [
            cases.resolving(
                standing[line.code],
                Resolution.LATE_SCAN,
                organisation=None,
                person=None,
                now=now,
                by_row=line.evidence.changed_by,
            )
            for line in result.lines
            if line.line_class not in EXCEPTIONS
            and line.code in standing
            and standing[line.code].state is Standing.OPEN
        ]
        found = [
            _finding(manifest, line)
            for line in result.lines
            if line.line_class in EXCEPTIONS and _is_news(line, standing.get(line.code))
        ]
        rows += await cases.opening(code, found, organisation=None, person=None, now=now, earlier=standing)
        await record(rows)


def _is_news(line: ReconciledLine, before: Discrepancy | None) -> bool:
    if before is None:
        return True
    return before.line_class != line.line_class.value or before.resolution is Resolution.LATE_SCAN


async def _facts(manifest: Manifest, at: datetime, *, past: bool) -> _Facts:
    scanned = await repository.scanned_under(manifest.code)
    wanted = {*manifest.pieces, *scanned}
    related = {*await custody.closure(wanted), *wanted}
    row_sets = await rows_of({*related, manifest.code})
    rows = [
        row
        for row_set in row_sets.values()
        for row in (*row_set.rows, *(one for contents in row_set.disputed.values() for one in contents))
    ]
    folded = await fold_pieces(related, at) if past else await custody.find_many(related)
    others: dict[str, list[OtherManifest]] = {}
    for other in await repository.other_manifests(wanted, manifest.code, at):
        others.setdefault(other.piece, []).append(other)
    return _Facts(
        rows=rows,
        pieces=await find_pieces(wanted),
        others=others,
        custody={code: Custody(holder=one.holder, claims=one.claims) for code, one in folded.items()},
    )


def _handover(manifest: Manifest, facts: _Facts, at: datetime) -> Handover:
    sealed_at = manifest.sealed_at or at
    dispatched = manifest.dispatched_at
    lines = tuple(
        Line(
            piece=line.piece,
            n=line.n,
            destination=facts.pieces[line.piece].destination if line.piece in facts.pieces else None,
            until=min(
                (
                    other.sealed_at
                    for other in facts.others.get(line.piece, ())
                    if other.sealed_at > sealed_at and not other.cancelled
                ),
                default=None,
            ),
        )
        for line in manifest.lines
    )
    return Handover(
        code=manifest.code,
        giver=manifest.giver,
        receiver=manifest.receiver,
        carrier=manifest.carrier,
        sealed_at=sealed_at,
        dispatched_at=dispatched if dispatched is not None and dispatched <= at else None,
        lines=lines,
    )


def _elsewhere(handover: Handover, facts: _Facts) -> dict[str, Elsewhere]:
    """Say where each piece that is not on the list belonged when it was first scanned under the manifest."""
    first: dict[str, datetime] = {}
    for row in facts.rows:
        if row.content.stream is Stream.SCAN and row.content.body.get("manifest") == handover.code:
            code = row.content.code
            first[code] = min(first.get(code, row.corrected_at), row.corrected_at)
    homes = {}
    for code, scanned_at in first.items():
        open_then = [
            other.code
            for other in facts.others.get(code, ())
            if other.sealed_at <= scanned_at and (other.ended_at is None or other.ended_at > scanned_at)
        ]
        piece = facts.pieces.get(code)
        homes[code] = Elsewhere(
            manifest=open_then[-1] if open_then else None, destination=piece.destination if piece else None
        )
    return homes


def _finding(manifest: Manifest, line: ReconciledLine) -> Finding:
    return Finding(
        piece=line.code,
        line_class=line.line_class.value,
        reason=line.evidence.reason,
        owner=line.answers or manifest.giver,
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


def _at_close(manifest: Manifest, rows: Iterable[Row], result: Reconciliation) -> ClosedVerdict | None:
    closing = next(
        (
            row
            for row in rows
            if row.content.kind == "manifest.closed"
            and row.content.code == manifest.code
            and row.received_at <= result.as_of
        ),
        None,
    )
    if closing is None:
        return None
    then = {code: LineClass(value) for code, value in closing.content.body["lines"].items()}
    now = {line.code: line.line_class for line in result.lines}
    return ClosedVerdict(
        as_of=closing.content.occurred_at,
        counts={LineClass(name): count for name, count in closing.content.body["counts"].items()},
        changed={
            code: then.get(code)
            for code in sorted(then.keys() | now.keys())
            if then.get(code) != now.get(code)
        },
    )
