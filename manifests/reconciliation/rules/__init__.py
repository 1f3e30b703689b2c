"""Pure rules of reconciliation."""

from manifests.reconciliation.rules.partition import (
    Evidence,
    ReconciledLine,
    Reconciliation,
    handover_window,
    reconcile,
)
from manifests.reconciliation.rules.plain import PlainLine
from manifests.reconciliation.rules.words import (
    EXCEPTIONS,
    PRECEDENCE,
    ClosedVerdict,
    Custody,
    DeviceCoverage,
    Elsewhere,
    Handover,
    Line,
    LineClass,
    Sync,
)

__all__ = (
    "EXCEPTIONS",
    "PRECEDENCE",
    "ClosedVerdict",
    "Custody",
    "DeviceCoverage",
    "Elsewhere",
    "Evidence",
    "Handover",
    "Line",
    "LineClass",
    "PlainLine",
    "ReconciledLine",
    "Reconciliation",
    "Sync",
    "handover_window",
    "reconcile",
)
