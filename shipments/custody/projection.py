"""Fold pieces from the ledger and store the result: the projector of custody."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from msgspec.structs import replace

from postal.ledger.repository import RowSet, lock_codes, rows_of
from shipments.custody import repository
from shipments.custody.rules import CITIZEN, Custody, Subject, fold, presumed_holder, shared_steps
from shipments.pieces.repository import find_many as find_pieces
from shipments.pieces.rules import Piece

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


async def project(codes: Collection[str]) -> None:
    """Fold the pieces that these codes concern and store their custody and visibility.

    The pieces packed in a changed container are folded again too. Their codes are locked before their rows are read,
    so that of two writers the later one folds what both wrote.
    """
    concerned = await repository.closure(codes)
    affected = {code for code, changes in concerned.items() if changes}
    if not affected:
        return
    await lock_codes(affected)
    folded = await fold_pieces(concerned)
    changed = [folded[code] for code in affected]
    await repository.save(changed)
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
    steps = sorted((*custody.steps, *shared_steps(custody, folded)), key=lambda step: (step.at, step.row))
    return replace(custody, steps=tuple(steps))


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
    )


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
