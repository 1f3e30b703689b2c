"""Pure rules of custody: the order of rows, the fold, and the form of a scan."""

from shipments.custody.rules.fold import Subject, fold, presumed_holder, shared_steps, stays
from shipments.custody.rules.model import CITIZEN, Custody, Offer, Phase, ScanKind, Sight, Step

__all__ = [
    "CITIZEN",
    "Custody",
    "Offer",
    "Phase",
    "ScanKind",
    "Sight",
    "Step",
    "Subject",
    "fold",
    "presumed_holder",
    "shared_steps",
    "stays",
]
