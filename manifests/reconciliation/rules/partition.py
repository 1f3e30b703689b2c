"""Reconciliation: a sealed manifest against the giver's scans against the receiver's, a class for each.

The classes partition manifest ∪ scans: what the list names, what a bag on it holds, and what was scanned
under the manifest. The verdict is a function of the set of rows and of `as_of`; arrival order plays no part,
and a row received later than `as_of` does not exist.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from manifests.reconciliation.rules.evidence import Books, Sides, books_of, settle, sides_of, whole_scans
from manifests.reconciliation.rules.plain import PlainLine, Whole, plain_verdict, whole_of
from manifests.reconciliation.rules.seals import SealCheck, check_of
from manifests.reconciliation.rules.verdicts import UNTOLD, Frame, Verdict, undecided_rows, verdict_of
from manifests.reconciliation.rules.words import (
    ARRIVING,
    PRECEDENCE,
    Custody,
    DeviceCoverage,
    Elsewhere,
    Handover,
    LineClass,
    Sync,
)
from postal.ledger.rules import Row


class Evidence(Struct, frozen=True, kw_only=True):
    """Why a line has its class: the rows of either side, and what else decided.

    `reason` is a stable word: `unseen`, `refused`, `lost`, `not_offered`, `not_arrived`,
    `waiting_limit_over`, `barcode`, a damage, `third_party`, `other_manifest`, `other_destination`,
    `not_listed`, `claims`. `seal` tells what is wrong with the seal, also where something else decided.
    `changed_by` is the row that made the present verdict out of the one before; what was awaited until a device had
    spoken is missing by its sync, `changed_by_sync`. `undecided` are rows of one side of
    which no clock can tell the last, though they say different things: the verdict goes by their likely order.
    """

    giver: tuple[UUID, ...] = ()
    receiver: tuple[UUID, ...] = ()
    others: tuple[UUID, ...] = ()
    disputed: tuple[UUID, ...] = ()
    reason: str | None = None
    damage: str | None = None
    belongs_to: str | None = None
    claims: tuple[str, ...] = ()
    devices: tuple[DeviceCoverage, ...] = ()
    changed_by: UUID | None = None
    undecided: tuple[UUID, ...] = ()
    seal: SealCheck | None = None
    changed_by_sync: Sync | None = None


class ReconciledLine(Struct, frozen=True, kw_only=True):
    """One piece of manifest ∪ scans; `n` is its number on the list, `container` the bag it is expected in."""

    code: str
    line_class: LineClass
    n: int | None
    container: str | None
    answers: str | None
    evidence: Evidence


class Reconciliation(Struct, frozen=True, kw_only=True):
    """The verdict on a whole manifest as of an instant."""

    manifest: str
    as_of: datetime
    window: tuple[datetime, datetime]
    waiting_until: datetime
    counts: dict[LineClass, int]
    lines: tuple[ReconciledLine, ...]


def existing(rows: Iterable[Row], as_of: datetime) -> list[Row]:
    """Give each row known at `as_of` once; two contents under one id both stay, as a dispute."""
    known = {
        (row.content.id, row.content_hash or repr(row.content)): row
        for row in rows
        if row.received_at <= as_of
    }
    return sorted(known.values(), key=lambda row: (row.corrected_at, row.content.id, row.content_hash))


def handover_window(
    handover: Handover, rows: Iterable[Row], as_of: datetime, plain: Sequence[PlainLine] = ()
) -> tuple[datetime, datetime]:
    """Bound the handover: from dispatch (or sealing) to the receiver's last arrival scan, or to `as_of`.

    The end is the instant up to which devices must be covered before an unseen piece may be called missing.
    """
    arrivals = _arrivals(handover, existing(rows, as_of), plain)
    start = min([handover.dispatched_at or handover.sealed_at, *arrivals])
    return start, max([*arrivals, start]) if arrivals else max(as_of, start)


def _arrivals(handover: Handover, rows: Iterable[Row], plain: Sequence[PlainLine]) -> list[datetime]:
    """Give the times of the receiver's scans that answer the offer and still stand, of plain lines the outer ones."""
    summed = [one.first_arrival for one in plain] + [one.last_arrival for one in plain]
    codes = {line.piece for line in handover.lines} | {handover.code}
    return [instant for instant in summed if instant is not None] + [
        row.corrected_at
        for row in settle(rows)[0]
        if row.content.organisation == handover.receiver
        and row.content.kind in ARRIVING
        and (
            row.content.body.get("manifest") == handover.code
            or (row.content.code in codes and row.corrected_at >= handover.sealed_at)
        )
    ]


def reconcile(
    handover: Handover,
    rows: Iterable[Row],
    *,
    custody: Mapping[str, Custody],
    elsewhere: Mapping[str, Elsewhere],
    coverage: Iterable[DeviceCoverage],
    waiting_limit: timedelta,
    as_of: datetime,
    plain: Sequence[PlainLine] = (),
) -> Reconciliation:
    """Put every piece of manifest ∪ scans into exactly one class.

    `rows` are the ledger rows of the manifest, of its lines, of their bags and of what was scanned under the
    manifest; `custody`, `elsewhere` and `coverage` state what was known at `as_of`. Lines that are `plain` have been
    summed up and need no rows. Where clues point to two classes, the first of `PRECEDENCE` that applies is the class,
    and the evidence keeps the other clue.
    """
    known = existing(rows, as_of)
    arrivals = _arrivals(handover, known, plain)
    window = handover_window(handover, known, as_of, plain)
    # The limit starts when the receiver began, or at dispatch (else sealing) while it has not.
    waiting_until = min(arrivals, default=handover.dispatched_at or handover.sealed_at) + waiting_limit
    asked = tuple(coverage)
    behind = tuple(sorted((one for one in asked if not one.covers(window[1])), key=lambda one: one.device))
    books = books_of(handover, known, {carrier for one in plain for carrier in one.carriers})
    frame = Frame(
        handover=handover,
        elsewhere=elsewhere,
        custody=custody,
        behind=behind,
        waiting=as_of < waiting_until,
        arrived=bool(arrivals),
        told_by=_told_by(asked) if not behind else None,
    )
    summed = {one.piece: one for one in plain}
    whole = whole_of(whole_scans(handover, books))
    lines = tuple(
        _plain_line(frame, whole, summed[code]) if code in summed else _line(frame, books, code)
        for code in books.order
    )
    found = Counter(line.line_class for line in lines)
    return Reconciliation(
        manifest=handover.code,
        as_of=as_of,
        window=window,
        waiting_until=waiting_until,
        counts={line_class: found[line_class] for line_class in PRECEDENCE},
        lines=lines,
    )


def _told_by(asked: Iterable[DeviceCoverage]) -> Sync | None:
    """Give the sync by which the last of the devices had told everything."""
    syncs = [one.told_by for one in asked if one.told_by is not None]
    return max(syncs, key=lambda sync: (sync.received_at, sync.device), default=None)


def _plain_line(frame: Frame, whole: Whole, line: PlainLine) -> ReconciledLine:
    verdict, changed_by = plain_verdict(frame, whole, line)
    return ReconciledLine(
        code=line.piece,
        line_class=verdict.line_class,
        n=line.n,
        container=None,
        answers=verdict.answers,
        evidence=Evidence(
            giver=line.given,
            receiver=tuple(sorted((*line.taken, *whole.ids))) if whole.ids else line.taken,
            reason=verdict.reason,
            devices=frame.behind if verdict.names_devices else (),
            changed_by=changed_by,
            changed_by_sync=_sync_of(frame, verdict),
        ),
    )


def _line(frame: Frame, books: Books, code: str) -> ReconciledLine:
    sides = sides_of(frame.handover, books, code)
    verdict = verdict_of(frame, books, code, sides)
    seen = verdict.line_class
    return ReconciledLine(
        code=code,
        line_class=seen,
        n=books.numbers.get(code),
        container=books.containers.get(code),
        answers=verdict.answers,
        evidence=Evidence(
            giver=_ids(sides.giver),
            receiver=_ids((*sides.receiver, *sides.barcode)),
            others=_ids(sides.others),
            disputed=tuple(sorted({row.content.id for row in books.disputed.get(code, ())})),
            reason=verdict.reason,
            damage=verdict.damage,
            belongs_to=verdict.belongs_to,
            claims=verdict.claims,
            devices=frame.behind if verdict.names_devices else (),
            changed_by=_changed_by(frame, books, code, sides, verdict),
            changed_by_sync=_sync_of(frame, verdict),
            undecided=undecided_rows(sides.receiver) or undecided_rows(sides.giver),
            seal=check_of(books.seals.get(code, ()), sides.giver, sides.receiver),
        ),
    )


def _sync_of(frame: Frame, verdict: Verdict) -> Sync | None:
    """Name the sync that ended the waiting for a piece of which nobody has told."""
    return frame.told_by if verdict.reason in UNTOLD and not verdict.names_devices else None


def _changed_by(frame: Frame, books: Books, code: str, sides: Sides, verdict: Verdict) -> UUID | None:
    """Find the row without which, and without all received after it, the verdict would be another one.

    A verdict that devices or their silence decided was made by no row.
    """
    if verdict.names_devices:
        return None
    received = sorted(sides.all(), key=lambda row: (row.received_at, row.content.id))
    for count in range(len(received) - 1, -1, -1):
        earlier = sides.only({row.content.id for row in received[:count]})
        before = verdict_of(frame, books, code, earlier)
        if (before.line_class, before.reason) != (verdict.line_class, verdict.reason):
            return received[count].content.id
    return received[0].content.id if received and verdict.line_class is not LineClass.MISSING else None


def _ids(rows: Sequence[Row]) -> tuple[UUID, ...]:
    return tuple(sorted({row.content.id for row in rows}))
