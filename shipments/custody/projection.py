"""Fold pieces from the ledger and store the result: the projector of custody."""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet, rows_of
from postal.ledger.rules import Content, Stream
from shipments.custody import repository
from shipments.custody.rules import CITIZEN, Custody, Step, Subject, fold, presumed_holder, shared_steps
from shipments.pieces.repository import find_many as find_pieces
from shipments.pieces.rules import Piece
from shipments.pieces.service import registered_piece

_folded: ContextVar[dict[str, Custody] | None] = ContextVar("folded", default=None)


@contextmanager
def collecting() -> Iterator[dict[str, Custody]]:
    """Gather what is folded meanwhile, steps included, for whoever must answer about it."""
    folded: dict[str, Custody] = {}
    token = _folded.set(folded)
    try:
        yield folded
    finally:
        _folded.reset(token)


class Concern(Struct, frozen=True):
    """The pieces whose custody new rows may change, and with them the containers that they depend on.

    `affected` are the former: what was touched and all that was ever packed in it, at any depth.
    """

    affected: dict[str, Piece]
    pieces: dict[str, Piece]
    rows: dict[str, RowSet]


async def concern_of(touched: Touched) -> Concern:
    """Find what new rows concern, and lock what they change before its rows are read.

    So of two writers the later one folds what both wrote.
    """
    affected = await _spread(touched, touched.codes, _contents)
    while await touched.lock(affected):
        affected = await _spread(touched, touched.codes, _contents)
    rows = await touched.rows(affected)
    containers = {container for code in affected for container in _containers(code, rows[code])}
    if not containers - affected.keys():
        return Concern(affected, affected, rows)
    pieces = affected | await _spread(touched, containers, _containers)
    return Concern(affected, pieces, await touched.rows(pieces))


async def _spread(
    touched: Touched, codes: Iterable[str], linked: Callable[[str, RowSet], set[str]]
) -> dict[str, Piece]:
    """Find the pieces among codes, and those that they are linked to, at any depth."""
    found: dict[str, Piece] = {}
    seen = wave = set(codes)
    while wave:
        reached: set[str] = set()
        for code, rows in (await touched.rows(wave)).items():
            if piece := registered_piece(code, rows):
                found[code] = piece
                reached |= linked(code, rows)
        wave = reached - seen
        seen = seen | wave
    return found


def _contents(code: str, rows: RowSet) -> set[str]:
    return {content.code for content in _packings(rows) if code in content.subjects}


def _containers(code: str, rows: RowSet) -> set[str]:
    return {subject for content in _packings(rows) if content.code == code for subject in content.subjects}


def _packings(rows: RowSet) -> list[Content]:
    """List the scans that name a container, whatever a dispute or a correction makes of them."""
    known = (
        [*rows.rows, *(row for each in rows.disputed.values() for row in each)]
        if rows.disputed
        else rows.rows
    )
    return [row.content for row in known if row.content.subjects and row.content.stream is Stream.SCAN]


async def project(touched: Touched) -> None:
    """Fold the pieces that new rows concern and store their custody and visibility."""
    concern = await touched.once(concern_of)
    if not concern.affected:
        return
    folded = _Folding(concern.pieces, concern.rows, None).all()
    await repository.save([folded[code] for code in concern.affected])
    if (gathered := _folded.get()) is not None:
        gathered.update(folded)


async def fold_pieces(codes: Collection[str], as_of: datetime | None = None) -> dict[str, Custody]:
    """Fold pieces and the containers among them, outermost first; codes that are no pieces are left out."""
    pieces = await find_pieces(codes)
    rows = await rows_of(pieces)
    return _Folding(pieces, rows, as_of).all()


async def history(code: str, as_of: datetime | None = None) -> Custody | None:
    """Fold one piece with its whole history, the steps it shared with its containers among them."""
    folded = await fold_pieces(await repository.closure([code]), as_of)
    custody = folded.get(code)
    if custody is None:
        return None
    shared = sorted(shared_steps(custody, folded), key=_when)
    # Merged and not sorted: steps of one device are in its order also where its clock went back, and ids are not.
    return replace(custody, steps=tuple(heapq.merge(custody.steps, shared, key=_when)))


def _when(step: Step) -> tuple[datetime, UUID]:
    return step.at, step.row


def subject_of(piece: Piece) -> Subject:
    """Give what the fold needs to know of a registered piece."""
    parties = (piece.registered_by, piece.origin, piece.destination, piece.authority)
    return Subject(
        code=piece.code,
        presumed=presumed_holder(piece.kind, piece.registered_by),
        registered_at=piece.registered_at,
        parties=tuple(sorted({party for party in parties if party and party != CITIZEN})),
        homes=tuple(
            sorted({party for party in (piece.origin, piece.authority) if party and party != CITIZEN})
        ),
        senders=senders_of(piece),
        origin=piece.origin,
        destination=piece.destination,
    )


def senders_of(piece: Piece) -> tuple[str, ...]:
    """Name who speaks for the sender: the accepting office, who registered the piece, and of a result its authority."""
    parties = {piece.registered_by, piece.origin, piece.authority if piece.direction == "outbound" else None}
    return tuple(sorted(party for party in parties if party and party != CITIZEN))


class _Folding:
    """One pass over pieces that may contain one another; members of a containment circle stand each for itself."""

    def __init__(
        self, pieces: Mapping[str, Piece], rows: Mapping[str, RowSet], as_of: datetime | None
    ) -> None:
        self._pieces = pieces
        self._rows = rows
        self._as_of = as_of
        self._done: dict[str, Custody] = {}
        self._outer = {code: self._packed_in(code) for code in pieces}

    def all(self) -> dict[str, Custody]:
        for code in sorted(self._pieces):
            self._fold(code)
        return self._done

    def _packed_in(self, code: str) -> list[str]:
        rowset = self._rows.get(code)
        rows = rowset.rows if rowset else ()
        named = {str(row.content.body.get("container")) for row in rows if row.content.kind == "pack"}
        return sorted(named & self._pieces.keys())

    def _within(self, code: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self._outer[code])
        while waiting:
            if (container := waiting.pop()) not in found:
                found.add(container)
                waiting += self._outer[container]
        return found

    def _fold(self, code: str) -> None:
        if code in self._done:
            return
        sound = [container for container in self._outer[code] if code not in self._within(container)]
        for container in sound:
            self._fold(container)
        within = {container for name in sound for container in (name, *self._within(name))}
        rowset = self._rows.get(code)
        custody = fold(
            subject_of(self._pieces[code]),
            rowset.rows if rowset else (),
            rowset.disputed if rowset else {},
            {container: self._done[container] for container in within if container in self._done},
            self._as_of,
        )
        if custody.container in self._outer[code] and custody.container not in sound:
            custody = replace(custody, undecided=f"circular:{custody.container}")
        self._done[code] = custody
