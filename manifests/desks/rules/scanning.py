"""A handover taken in by scanning: what was read against what is on the list. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from shipments.pieces.rules import CodeKind, Refusal, candidates, kind_of, normalise

MOST = 5_000
"""Codes of one handover."""

_GAPS = re.compile(r"[\s,;]+")
_AIM = re.compile(r"^\][A-Za-z]\d")
"""The prefix by which a scanner may name the kind of barcode (AIM)."""


class Misread(Struct, frozen=True):
    """What was read and is no code: why, and which codes of the list it may have been."""

    raw: str
    refusal: Refusal
    candidates: tuple[str, ...]


class Scanned(Struct, frozen=True, kw_only=True):
    """A handover as far as it was scanned; `matched`, `missing` and `extra` share no code."""

    codes: tuple[str, ...]
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    damaged: tuple[str, ...]
    bad: tuple[Misread, ...]
    repeated: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell that nothing is missing, too much, or damaged."""
        return not (self.missing or self.extra or self.damaged)


def split(raw: str) -> list[str]:
    """Take apart what a scanner or a person typed: one code after another, by spaces, lines or commas."""
    return [_AIM.sub("", part.strip("\x1d")) for part in _GAPS.split(raw) if part.strip("\x1d")]


def judged(listed: Sequence[str], read: Iterable[str], damaged: Collection[str] = ()) -> Scanned:
    """Hold what was read against the list; order and repetition change nothing but the count of repeats."""
    codes: dict[str, None] = {}
    bad: dict[str, Misread] = {}
    repeated = 0
    for raw in read:
        code = normalise(raw)
        if isinstance(code, Refusal):
            bad.setdefault(raw, Misread(raw[:64], code, candidates(raw, listed)))
        elif kind_of(code) in (CodeKind.MANIFEST, CodeKind.TRIP):
            continue
        elif code in codes:
            repeated += 1
        else:
            codes[code] = None
    known = set(listed)
    return Scanned(
        codes=tuple(codes),
        matched=tuple(code for code in listed if code in codes),
        missing=tuple(code for code in listed if code not in codes),
        extra=tuple(code for code in codes if code not in known),
        damaged=tuple(code for code in codes if code in damaged),
        bad=tuple(bad.values()),
        repeated=repeated,
    )
