"""Device coverage: up to which instant a device has told everything that it saw."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

Range = tuple[int, int]


class Sync(Struct, frozen=True, order=True):
    """One sync, also an empty one: at device time (corrected) it had counted to `last_seq` in an epoch."""

    stated_at: datetime
    epoch: str
    last_seq: int


def covered_until(syncs: Iterable[Sync], held: Mapping[str, Sequence[Range]]) -> datetime | None:
    """Give the time of the last sync before the first one that announced a row that the ledger does not hold.

    `held` has the sequence ranges (inclusive) in the ledger by epoch. A gap in an older installation counts
    too: what it hides happened before its sync, so a later installation cannot cover it.
    """
    covered = None
    for sync in sorted(syncs):
        if missing_ranges(sync.last_seq, held.get(sync.epoch, ())):
            return covered
        covered = sync.stated_at
    return covered


def missing_ranges(last_seq: int, held: Sequence[Range]) -> tuple[Range, ...]:
    """Give the ranges of 1 … `last_seq` that are not held."""
    missing = []
    expected = 1
    for first, last in sorted(held):
        if first > last_seq:
            break
        if first > expected:
            missing.append((expected, first - 1))
        expected = max(expected, last + 1)
    if expected <= last_seq:
        missing.append((expected, last_seq))
    return tuple(missing)
