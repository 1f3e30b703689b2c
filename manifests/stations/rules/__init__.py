"""Pure rules of stations: what is to be scanned, and what both sides of a counter agree on."""

from manifests.stations.rules.handover import (
    CONFIRMED,
    Confirmation,
    Side,
    Standing,
    confirmations,
    standing_of,
)
from manifests.stations.rules.work import (
    Choice,
    Elsewhere,
    Epoch,
    Expected,
    Known,
    Overview,
    Work,
    WorkList,
    fingerprint,
    of_container,
    of_manifest,
    of_trip,
    of_what_is_held,
)

__all__ = (
    "CONFIRMED",
    "Choice",
    "Confirmation",
    "Elsewhere",
    "Epoch",
    "Expected",
    "Known",
    "Overview",
    "Side",
    "Standing",
    "Work",
    "WorkList",
    "confirmations",
    "fingerprint",
    "of_container",
    "of_manifest",
    "of_trip",
    "of_what_is_held",
    "standing_of",
)
