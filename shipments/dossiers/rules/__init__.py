"""Dossiers and their cases: Structs, the fold of case events, and what may be stated when. Pure."""

from shipments.dossiers.rules.case import Case, CaseEvent, Flag, Pause, events_of, fold
from shipments.dossiers.rules.dossier import (
    Applicant,
    Dossier,
    Eligibility,
    Line,
    LineForm,
    ServiceMode,
    applicant_commitment,
    last4,
    lines_commitment,
    refuse_unless_eligible,
)
from shipments.dossiers.rules.gate import Whereabouts, judge, refuse_closing, refuse_override, unreturned
from shipments.dossiers.rules.moves import CaseKind, Status, allowed_from, move

__all__ = [
    "Applicant",
    "Case",
    "CaseEvent",
    "CaseKind",
    "Dossier",
    "Eligibility",
    "Flag",
    "Line",
    "LineForm",
    "Pause",
    "ServiceMode",
    "Status",
    "Whereabouts",
    "allowed_from",
    "applicant_commitment",
    "events_of",
    "fold",
    "judge",
    "last4",
    "lines_commitment",
    "move",
    "refuse_closing",
    "refuse_override",
    "refuse_unless_eligible",
    "unreturned",
]
