"""Choosing serials that resist guessing and slips: a keyed permutation, minus what is one digit from a live code.

A counter is turned into a serial by a keyed Feistel network over 10^4 x 10^4, which is a bijection of 0..99,999,999
without any search; whoever lacks the key cannot tell the next serial from the last one (design 2.16). The counters of a
prefix are shared among lanes, so that those who choose at the same time need not wait for each other.
"""

import hmac
from collections.abc import Iterable

from msgspec import Struct

SERIALS = 100_000_000
LANES = 64
"""How many units of work can choose serials of one prefix at the same time."""

ERAS = 128
"""A new era skips this part of a range: of S10 codes 781,250, more than the country gives out between two backups."""

_HALF = 10_000
_ROUNDS = 10


class Allotment(Struct, frozen=True):
    """Chosen serials, and how many counters they used up."""

    serials: tuple[int, ...]
    used: int


def permuted(key: bytes, prefix: str, counter: int, size: int = SERIALS) -> int:
    """Map a counter to its serial: a bijection of 0..size-1 for every key and prefix.

    Below the full size the permutation is walked until it comes back into the range, which keeps it a bijection.
    """
    if not 0 <= counter < size <= SERIALS:
        raise ValueError(f"{counter} is no counter of a serial below {size}")
    serial = _mixed(key, prefix, counter)
    while serial >= size:
        serial = _mixed(key, prefix, serial)
    return serial


def _mixed(key: bytes, prefix: str, counter: int) -> int:
    left, right = divmod(counter, _HALF)
    for turn in range(_ROUNDS):
        message = b"postal:serial:1\x00%s\x00%d\x00%d" % (prefix.encode(), turn, right)
        mixed = int.from_bytes(hmac.digest(key, message, "sha256")[:8], "big")
        left, right = right, (left + mixed) % _HALF
    return left * _HALF + right


def neighbours(serial: int) -> frozenset[int]:
    """Give the serial and the 72 serials that differ from it in one of eight digits."""
    near = {serial}
    for power in range(8):
        unit = 10**power
        base = serial - (serial // unit % 10) * unit
        near.update(base + digit * unit for digit in range(10))
    return frozenset(near)


def counters_of(lane: int, turn: int, size: int = SERIALS) -> range:
    """Give the counters that a lane has left: the lanes take turns, from the highest counter down."""
    return range(size - 1 - lane - LANES * turn, -1, -LANES)


def turns_of(size: int = SERIALS) -> int:
    """Count the turns that every lane of a range has."""
    return size // LANES


def skipped_turns(size: int = SERIALS) -> int:
    """Count the turns that a lane skips in a new era, for what a restored backup does not know to be given out."""
    return size // LANES // ERAS


def allot(
    key: bytes, prefix: str, counters: Iterable[int], count: int, live: Iterable[int], size: int = SERIALS
) -> Allotment:
    """Choose serials by these counters, skipping each that is within one digit of a live one or of one just chosen.

    There are fewer when the counters end.
    """
    forbidden = set[int]()
    for serial in live:
        forbidden |= neighbours(serial)
    chosen: list[int] = []
    used = 0
    for counter in counters if count > 0 else ():
        used += 1
        serial = permuted(key, prefix, counter, size)
        if serial in forbidden:
            continue
        chosen.append(serial)
        if len(chosen) == count:
            break
        forbidden |= neighbours(serial)
    return Allotment(tuple(chosen), used)
