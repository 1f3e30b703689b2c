"""Swaps: what one manifest misses is what came too much on another one."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from manifests.discrepancies.rules.model import Discrepancy, Standing

FOUND = frozenset({"extra", "misrouted"})
ELSEWHERE = "third_party"
"""The reason of a line that another party has: misrouted away from its manifest, not onto it."""


class Home(Struct, frozen=True, kw_only=True):
    """The manifest that a piece is listed on, itself or by the bag that it was packed in."""

    piece: str
    manifest: str
    bag: str | None = None


class Crossing(Struct, frozen=True, kw_only=True):
    """A piece that belongs on one manifest and came under another one, with the case of either side.

    `missing` is None where the piece is not missed: its addressee received it, under the wrong list or in a bag that
    nobody opened.
    """

    piece: str
    listed_on: str | None
    found_on: str | None
    missing: UUID | None
    extra: UUID | None
    bag: str | None = None

    @property
    def cases(self) -> tuple[UUID, ...]:
        """Name the cases that it explains."""
        return tuple(one for one in (self.missing, self.extra) if one is not None)


class Swap(Struct, frozen=True, kw_only=True):
    """Everything that crossed between two manifests, to be settled as one; its id is that of its first case.

    `mutual` says that pieces crossed both ways. Manifests and cases that a reader may not see are left out, and then
    the swap is not `yours` to settle.
    """

    id: UUID
    manifests: tuple[str, ...]
    mutual: bool
    crossings: tuple[Crossing, ...]
    yours: bool = True

    @property
    def cases(self) -> tuple[UUID, ...]:
        """Name the cases that are settled with it."""
        return tuple(sorted(case for crossing in self.crossings for case in crossing.cases))


def swaps_among(cases: Iterable[Discrepancy], homes: Mapping[str, Sequence[Home]]) -> tuple[Swap, ...]:
    """Find the swaps that open cases show, whatever order they come in; a case is in one swap at most.

    Of a piece that was missed or found more than once, the latest of each counts. A piece that is found and not
    missed is at home on the last of its `homes`, which come in the order of their sealing.
    """
    by_piece: dict[str, list[Discrepancy]] = {}
    for case in cases:
        if case.state is Standing.OPEN:
            by_piece.setdefault(case.piece, []).append(case)
    between: dict[tuple[str, str], list[Crossing]] = {}
    for piece, own in sorted(by_piece.items()):
        crossing = _crossing(sorted(own, key=lambda case: (case.opened_at, case.id)), homes.get(piece, ()))
        if crossing is not None and crossing.listed_on is not None and crossing.found_on is not None:
            first, second = sorted((crossing.listed_on, crossing.found_on))
            between.setdefault((first, second), []).append(crossing)
    swaps = [
        Swap(
            id=min(case for crossing in crossings for case in crossing.cases),
            manifests=manifests,
            mutual=len({crossing.listed_on for crossing in crossings}) > 1,
            crossings=tuple(crossings),
        )
        for manifests, crossings in between.items()
    ]
    return tuple(sorted(swaps, key=lambda swap: swap.id))


def _crossing(cases: Sequence[Discrepancy], homes: Sequence[Home]) -> Crossing | None:
    found = [case for case in cases if case.line_class in FOUND and case.reason != ELSEWHERE]
    if not found:
        return None
    extra = found[-1]
    lost = [case for case in cases if _is_lost(case) and case.manifest != extra.manifest]
    if lost:
        missing = lost[-1]
        bag = next((home.bag for home in reversed(homes) if home.manifest == missing.manifest), None)
        return Crossing(
            piece=extra.piece,
            listed_on=missing.manifest,
            found_on=extra.manifest,
            missing=missing.id,
            extra=extra.id,
            bag=bag,
        )
    home = next((home for home in reversed(homes) if home.manifest != extra.manifest), None)
    if home is None:
        return None
    return Crossing(
        piece=extra.piece,
        listed_on=home.manifest,
        found_on=extra.manifest,
        missing=None,
        extra=extra.id,
        bag=home.bag,
    )


def _is_lost(case: Discrepancy) -> bool:
    return case.line_class == "missing" or (case.line_class == "misrouted" and case.reason == ELSEWHERE)


def as_seen(swap: Swap, cases: Iterable[UUID], manifests: Iterable[str]) -> Swap | None:
    """Show a swap to somebody who sees only some cases and manifests; None if no case of it is among them."""
    visible, known = set(cases), set(manifests)
    crossings = tuple(
        Crossing(
            piece=crossing.piece,
            listed_on=crossing.listed_on if crossing.listed_on in known else None,
            found_on=crossing.found_on if crossing.found_on in known else None,
            missing=crossing.missing if crossing.missing in visible else None,
            extra=crossing.extra if crossing.extra in visible else None,
            bag=crossing.bag if crossing.listed_on in known else None,
        )
        for crossing in swap.crossings
        if visible.intersection(crossing.cases)
    )
    if not crossings:
        return None
    return Swap(
        id=min(case for crossing in crossings for case in crossing.cases),
        manifests=tuple(code for code in swap.manifests if code in known),
        mutual=swap.mutual and len(crossings) == len(swap.crossings),
        crossings=crossings,
        yours=visible.issuperset(swap.cases) and known.issuperset(swap.manifests),
    )
