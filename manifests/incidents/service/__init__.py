"""What can be done about incidents and claims; each is one unit of work and a record of the ledger."""

from manifests.incidents.service.claims import answer, claim_view, erase, lodge
from manifests.incidents.service.facts import Facts, facts_of
from manifests.incidents.service.incidents import close, document, incident_view, open_by_hand, pay, reissue

__all__ = [
    "Facts",
    "answer",
    "claim_view",
    "close",
    "document",
    "erase",
    "facts_of",
    "incident_view",
    "lodge",
    "open_by_hand",
    "pay",
    "reissue",
]
