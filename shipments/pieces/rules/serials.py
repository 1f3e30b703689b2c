"""Choosing serials that resist guessing and slips: a keyed permutation, minus what is one digit from a live code.

A counter is turned into a serial by a keyed Feistel network over 10^4 x 10^4, which is a bijection of 0..99,999,999
without any search; whoever lacks the key cannot tell the next serial from the last one (design 2.16).
"""

import hmac
from collections.abc import Set as AbstractSet

from msgspec import Struct

SERIALS = 100_000_000
_HALF = 10_000
_ROUNDS = 10


class Allotment(Struct, frozen=True):
    """Chosen serials, and the counter from which the next choice goes on."""

    serials: tuple[int, ...]
    next_counter: int


class SerialsExhaustedError(ValueError):
    """A prefix has given out all its serials."""


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


def allot(
    key: bytes, prefix: str, counter: int, count: int, live: AbstractSet[int], size: int = SERIALS
) -> Allotment:
    """Choose serials from a counter on, skipping each that is within one digit of a live one or of one just chosen.

    `live` holds the serials that the same office gave out on the same day, of any prefix.
    """
    forbidden = set[int]()
    for serial in live:
        forbidden |= neighbours(serial)
    chosen: list[int] = []
    while len(chosen) < count:
        if counter >= size:
            raise SerialsExhaustedError(prefix)
        serial = permuted(key, prefix, counter, size)
        counter += 1
        if serial not in forbidden:
            chosen.append(serial)
            forbidden |= neighbours(serial)
    return Allotment(tuple(chosen), counter)
