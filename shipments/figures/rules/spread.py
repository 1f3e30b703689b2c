"""A distribution of lengths that can be added up: whole seconds in fixed buckets, each an eighth of a power of two.

A bucket [a, b) has b - a <= a / 8, so its middle is never further than 1/16 (6.25 %) from any length in it; lengths
below 8 seconds are exact. Everything is integers: the same lengths give the same buckets everywhere, in any order.
"""

from collections.abc import Mapping
from fractions import Fraction

STEPS = 8
_BITS = 3
ERROR = Fraction(1, 2 * STEPS)
"""How far the middle of a bucket may be from a length in it, as a share of that length."""


def bucket_of(seconds: int) -> int:
    """Give the bucket of a length; buckets count from 1, since 0 stands for no length."""
    if seconds < STEPS:
        return seconds + 1
    octave = seconds.bit_length() - 1 - _BITS
    return octave * STEPS + (seconds >> octave) + 1


def bounds(bucket: int) -> tuple[int, int]:
    """Give the lengths of a bucket: from, and up to but not including, so many seconds."""
    octave, step = divmod(bucket - 1, STEPS)
    if octave == 0:
        return step, step + 1
    octave -= 1
    return (STEPS + step) << octave, (STEPS + step + 1) << octave


def middle(bucket: int) -> Fraction:
    """Give the length that stands for a bucket."""
    low, high = bounds(bucket)
    return Fraction(low + high - 1, 2)


def quantile(spread: Mapping[int, int], share: Fraction) -> Fraction | None:
    """Give the length below or at which a share of all lies, to within `ERROR`; None where there is none."""
    total = sum(spread.values())
    if total <= 0:
        return None
    rank = max(1, -(-total * share.numerator // share.denominator))
    for bucket in sorted(spread):
        rank -= spread[bucket]
        if rank <= 0:
            return middle(bucket)
    return None
