"""W of many instants at the speed of memory: a table of equal steps instead of a search for each instant.

Opening and closing times lie on a grid (half an hour, say), so within one step of it either all time is worked or none.
Then W(t) is `worked so far + t - begin of the step` or `worked so far`: one entry of the table, and t itself or not.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Micros = NDArray[np.int64]

MOST_STEPS = 1 << 22
CHUNK = 1 << 14
"""Instants done at a time: what is computed with them stays in the processor's own memory."""


class Steps:
    """The table of one calendar.

    An entry is `worked so far`, or, where the step is worked, `worked so far - begin`. The latter is below zero, since
    nobody has worked longer than since 1970: so the sign alone says whether t is added.
    """

    def __init__(self, width: int, entries: Micros) -> None:
        self._width = width
        self._entries = entries

    @classmethod
    def of(cls, starts: Micros, ends: Micros, low: int, high: int) -> Self | None:
        """Build from the working intervals between two instants; None if the grid is too fine or begins too early."""
        width = int(np.gcd.reduce(np.concatenate([starts, ends, [low, high]])))
        count = (high - low) // width + 1
        if low <= 0 or count > MOST_STEPS:
            return None
        changes = np.zeros(count, dtype=np.int64)
        np.add.at(changes, (starts - low) // width, 1)
        np.add.at(changes, (ends - low) // width, -1)
        worked = np.cumsum(changes)
        so_far = (np.cumsum(worked) - worked) * width
        begins = low + np.arange(count, dtype=np.int64) * width
        # Looked up by remainder, which saves a subtraction for each instant.
        return cls(width, np.roll(so_far - worked * begins, low // width % count))

    def worked(self, instants: Micros) -> Micros:
        """W of instants that lie within the calendar."""
        result = np.empty(len(instants), dtype=np.int64)
        looked_up = np.empty(CHUNK, dtype=np.int64)
        for at in range(0, len(instants), CHUNK):
            given, out = instants[at : at + CHUNK], result[at : at + CHUNK]
            entry = looked_up[: len(given)]
            np.floor_divide(given, self._width, out=out)
            self._entries.take(out, out=entry, mode="wrap")
            np.right_shift(entry, 63, out=out)
            np.bitwise_and(given, out, out=out)
            np.add(entry, out, out=out)
        return result
