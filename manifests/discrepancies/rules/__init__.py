"""Pure rules of discrepancies."""

from manifests.discrepancies.rules.model import (
    ASSIGNED,
    EVIDENCED,
    LATE_SCAN,
    OPENED,
    REOPENED,
    RESOLVED,
    SWAPPED,
    Discrepancy,
    Finding,
    Proof,
    Proofs,
    Reason,
    Standing,
    contradicted,
)
from manifests.discrepancies.rules.swaps import Crossing, Home, Swap, as_seen, swaps_among

__all__ = (
    "ASSIGNED",
    "EVIDENCED",
    "LATE_SCAN",
    "OPENED",
    "REOPENED",
    "RESOLVED",
    "SWAPPED",
    "Crossing",
    "Discrepancy",
    "Finding",
    "Home",
    "Proof",
    "Proofs",
    "Reason",
    "Standing",
    "Swap",
    "as_seen",
    "contradicted",
    "swaps_among",
)
