"""Judging manifests: what bears on them is read in a number of statements that does not depend on their size."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from manifests.manifests import repository as manifests
from manifests.manifests.rules import Manifest
from manifests.reconciliation import repository
from manifests.reconciliation.repository import OtherManifest
from manifests.reconciliation.rules import (
    ClosedVerdict,
    Custody,
    Elsewhere,
    Handover,
    Line,
    LineClass,
    PlainLine,
    Reconciliation,
    handover_window,
    reconcile,
)
from postal.errors import BadInput, Conflict
from postal.identity.repository.scans import devices_on_duty
from postal.identity.rules import Actor
from postal.law.repository import constants_at
from postal.ledger.repository import rows_of
from postal.ledger.rules import Row, Stream
from postal.network.rules import local_day
from shipments.custody import repository as custody
from shipments.custody.projection import fold_pieces
from shipments.pieces.repository import find_many as find_pieces
from shipments.pieces.rules import Piece

WAITING = "reconciliation.waiting_hours"


class _Facts(Struct, frozen=True, kw_only=True):
    """What bears on one manifest: its lines, the rows of those that are not plain, and where those stand."""

    lines: tuple[Line, ...]
    plain: tuple[PlainLine, ...] = ()
    rows: list[Row]
    custody: Mapping[str, Custody]
    elsewhere: Mapping[str, Elsewhere]


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
    """Reconcile a sealed manifest from the ledger; gives the rows of the manifest itself as well.

    Of now, the database sums up the lines about which nothing odd was said, and the rule sees the rows of the others;
    of a past instant it sees the rows of all. Both give the same.
    """
    if as_of is not None and as_of < now:
        return await judge_by_rows(manifest, at=as_of, past=True)
    return await _judged(manifest, await _summed(manifest, now), now)


async def judge_by_rows(manifest: Manifest, *, at: datetime, past: bool) -> tuple[Reconciliation, list[Row]]:
    """Reconcile a sealed manifest by the rows of all its pieces, in custody as of then (`past`) or as it stands."""
    return await _judged(manifest, await _all_rows(manifest, at, past=past), at)


async def _judged(manifest: Manifest, facts: _Facts, at: datetime) -> tuple[Reconciliation, list[Row]]:
    handover = _handover(manifest, facts.lines, at)
    window = handover_window(handover, facts.rows, at, facts.plain)
    devices = await devices_on_duty([handover.giver, handover.receiver], *window)
    hours = (await constants_at(local_day(handover.sealed_at))).number(WAITING)
    result = reconcile(
        handover,
        facts.rows,
        custody=facts.custody,
        elsewhere=facts.elsewhere,
        coverage=await repository.coverage_of(devices, at, window[1]),
        waiting_limit=timedelta(hours=hours),
        as_of=at,
        plain=facts.plain,
    )
    return result, [row for row in facts.rows if row.content.code == manifest.code]


async def _summed(manifest: Manifest, at: datetime) -> _Facts:
    summed = await repository.summed_lines(manifest, at)
    unlisted = await repository.scanned_unlisted(manifest.code)
    odd = {line.piece for line in summed if line.plain is None} | unlisted
    rows, held = await _rows_of(manifest, odd, at, past=False)
    found = {line.piece: Custody(holder=line.holder) for line in summed if line.plain is not None}
    return _Facts(
        lines=tuple(
            Line(piece=line.piece, n=line.n, destination=line.destination, until=line.until)
            for line in summed
        ),
        plain=tuple(line.plain for line in summed if line.plain is not None),
        rows=rows,
        custody=found | held,
        elsewhere=await _homes(manifest.code, unlisted, rows, held, at),
    )


async def _all_rows(manifest: Manifest, at: datetime, *, past: bool) -> _Facts:
    wanted = {*manifest.pieces, *await repository.scanned_under(manifest.code)}
    rows, held = await _rows_of(manifest, wanted, at, past=past)
    others = await _others(manifest.code, manifest.pieces, at)
    pieces = await find_pieces(manifest.pieces)
    sealed_at = manifest.sealed_at or at
    lines = tuple(
        Line(
            piece=line.piece,
            n=line.n,
            destination=_destination(pieces.get(line.piece), held.get(line.piece)),
            until=min(
                (
                    other.sealed_at
                    for other in others.get(line.piece, ())
                    if other.sealed_at > sealed_at and not other.cancelled
                ),
                default=None,
            ),
        )
        for line in manifest.lines
    )
    return _Facts(
        lines=lines,
        rows=rows,
        custody=held,
        elsewhere=await _homes(manifest.code, wanted - set(manifest.pieces), rows, held, at),
    )


async def _rows_of(
    manifest: Manifest, wanted: Collection[str], at: datetime, *, past: bool
) -> tuple[list[Row], dict[str, Custody]]:
    """Read the rows of pieces, of what they are in and of what is in them, with the manifest's; and their custody."""
    related = {*await custody.closure(wanted), *wanted} if wanted else set()
    row_sets = await rows_of({*related, manifest.code})
    known = {
        (row.content.id, row.content_hash): row
        for row_set in row_sets.values()
        for row in (*row_set.rows, *(one for contents in row_set.disputed.values() for one in contents))
    }
    folded = await fold_pieces(related, at) if past else await custody.find_many(related)
    held = {
        code: Custody(
            holder=one.holder,
            claims=one.claims,
            bound_for=one.instruction.destination if one.instruction else None,
        )
        for code, one in folded.items()
    }
    return list(known.values()), held


def _handover(manifest: Manifest, lines: tuple[Line, ...], at: datetime) -> Handover:
    dispatched = manifest.dispatched_at
    return Handover(
        code=manifest.code,
        giver=manifest.giver,
        receiver=manifest.receiver,
        carrier=manifest.carrier,
        sealed_at=manifest.sealed_at or at,
        dispatched_at=dispatched if dispatched is not None and dispatched <= at else None,
        lines=lines,
    )


async def _others(manifest: str, pieces: Collection[str], at: datetime) -> dict[str, list[OtherManifest]]:
    others: dict[str, list[OtherManifest]] = {}
    for other in await repository.other_manifests(pieces, manifest, at):
        others.setdefault(other.piece, []).append(other)
    return others


async def _homes(
    manifest: str,
    unlisted: Collection[str],
    rows: Iterable[Row],
    held: Mapping[str, Custody],
    at: datetime,
) -> dict[str, Elsewhere]:
    """Say where each piece that is not on the list belonged when it was first scanned under the manifest."""
    first: dict[str, datetime] = {}
    for row in rows:
        code = row.content.code
        if (
            row.content.stream is Stream.SCAN
            and code in unlisted
            and row.content.body.get("manifest") == manifest
            and row.received_at <= at
        ):
            first[code] = min(first.get(code, row.corrected_at), row.corrected_at)
    if not first:
        return {}
    others, pieces = await _others(manifest, first, at), await find_pieces(first)
    homes = {}
    for code, scanned_at in first.items():
        open_then = [
            other.code
            for other in others.get(code, ())
            if other.sealed_at <= scanned_at and (other.ended_at is None or other.ended_at > scanned_at)
        ]
        homes[code] = Elsewhere(
            manifest=open_then[-1] if open_then else None,
            destination=_destination(pieces.get(code), held.get(code)),
        )
    return homes


def _destination(piece: Piece | None, held: Custody | None) -> str | None:
    """Name where a piece is bound: where its sender has it sent since, else where it was registered for."""
    if held is not None and held.bound_for is not None:
        return held.bound_for
    return piece.destination if piece else None


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
