"""Pure rules of custody: the order of rows, the fold, and the form of a scan."""

from shipments.custody.rules.fold import Subject, fold, presumed_holder, shared_steps, standing, stays
from shipments.custody.rules.groups import LOSS_STATED, LOSS_WITHDRAWN
from shipments.custody.rules.model import (
    CITIZEN,
    Custody,
    Instruction,
    Offer,
    Phase,
    ScanKind,
    SealNote,
    Sight,
    Step,
)

__all__ = [
    "CITIZEN",
    "LOSS_STATED",
    "LOSS_WITHDRAWN",
    "Custody",
    "Instruction",
    "Offer",
    "Phase",
    "ScanKind",
    "SealNote",
    "Sight",
    "Step",
    "Subject",
    "fold",
    "presumed_holder",
    "shared_steps",
    "standing",
    "stays",
]
