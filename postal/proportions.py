"""Shares of small numbers: how sure one can be of them."""

from math import sqrt
from statistics import NormalDist


def interval(successes: int, total: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Give the Wilson score interval of a share; None where nothing was counted.

    Unlike the usual formula it stays within 0 and 1 and does not shrink to a point where all or none of a few succeed.
    """
    if total == 0:
        return None
    if not 0 <= successes <= total:
        msg = f"{successes} of {total}"
        raise ValueError(msg)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
