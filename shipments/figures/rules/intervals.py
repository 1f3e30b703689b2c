"""Rates of small numbers: the Wilson 95 % interval, and a ranking that one dossier cannot decide."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from postal.proportions import interval

T = TypeVar("T")


class Rate(Struct, frozen=True):
    """So many of so many; `share` is None where there is nothing to take a share of."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """Give the share, or None where the denominator is zero (N/A, never 0 % or 100 %)."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Give the Wilson score interval; of nothing it is everything."""
        return interval(self.hits, self.of) or (0.0, 1.0)


def worst_first(rated: Iterable[tuple[T, Rate]]) -> list[tuple[T, Rate]]:
    """Rank by how bad a rate surely is: by the upper bound of its interval, lowest first.

    A commune with one late dossier of one may still be good in truth, so it stands behind one that is late in 40 of
    100. What has nothing to be rated comes last.
    """
    listed = list(rated)
    order = sorted(
        range(len(listed)),
        key=lambda at: (not listed[at][1].of, listed[at][1].interval[1], -listed[at][1].of, at),
    )
    return [listed[at] for at in order]


def best_first(rated: Iterable[tuple[T, Rate]]) -> list[tuple[T, Rate]]:
    """Rank by how good a rate surely is: by the lower bound of its interval, highest first."""
    listed = list(rated)
    order = sorted(
        range(len(listed)),
        key=lambda at: (not listed[at][1].of, -listed[at][1].interval[0], -listed[at][1].of, at),
    )
    return [listed[at] for at in order]
