"""Pure rules of reconciliation."""

from manifests.reconciliation.rules.coverage import Sync, covered_until, missing_ranges
from manifests.reconciliation.rules.partition import (
    Evidence,
    ReconciledLine,
    Reconciliation,
    handover_window,
    reconcile,
)
from manifests.reconciliation.rules.words import (
    EXCEPTIONS,
    PRECEDENCE,
    Custody,
    DeviceCoverage,
    Elsewhere,
    Handover,
    Line,
    LineClass,
)

__all__ = (
    "EXCEPTIONS",
    "PRECEDENCE",
    "Custody",
    "DeviceCoverage",
    "Elsewhere",
    "Evidence",
    "Handover",
    "Line",
    "LineClass",
    "ReconciledLine",
    "Reconciliation",
    "Sync",
    "covered_until",
    "handover_window",
    "missing_ranges",
    "reconcile",
)
