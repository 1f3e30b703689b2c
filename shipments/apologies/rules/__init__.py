"""Letters of apology: when one is due, what it says, and what the ledger tells of those that were sent. Pure."""

from shipments.apologies.rules.letters import SENT, Apology, ApologyKind, apologies_of
from shipments.apologies.rules.timing import Timing, draft_from, proposed_due, reach, send_by
from shipments.apologies.rules.words import plain_text

__all__ = [
    "SENT",
    "Apology",
    "ApologyKind",
    "Timing",
    "apologies_of",
    "draft_from",
    "plain_text",
    "proposed_due",
    "reach",
    "send_by",
]
