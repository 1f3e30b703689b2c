"""What stands on printed documents: forms by date, words, rows of control sheets, codes of papers. Pure."""

from manifests.documents.rules.forms import Form, Template, in_force
from manifests.documents.rules.handovers import Handover, Verdict, handovers_of, verdict_of
from manifests.documents.rules.paper import Seal, Sealed, Verify, read_paper, signed_text, write_paper

__all__ = [
    "Form",
    "Handover",
    "Seal",
    "Sealed",
    "Template",
    "Verdict",
    "Verify",
    "handovers_of",
    "in_force",
    "read_paper",
    "signed_text",
    "verdict_of",
    "write_paper",
]
