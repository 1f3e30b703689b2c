"""What goes to programs of others, when it is tried again, and when it is given up; the door for everybody else."""

from integrations.deliveries.rules.adapting import Adapter, judged_by_status
from integrations.deliveries.rules.model import (
    REASONS,
    Attempt,
    Attempted,
    Destination,
    DestinationState,
    Ended,
    Finished,
    Judgement,
    Listed,
    Outcome,
    Outgoing,
    Queued,
    Selection,
    Skip,
    State,
    delivery_of,
)
from integrations.deliveries.rules.retrying import STANDARD, Retries, Verdict, decided

__all__ = [
    "REASONS",
    "STANDARD",
    "Adapter",
    "Attempt",
    "Attempted",
    "Destination",
    "DestinationState",
    "Ended",
    "Finished",
    "Judgement",
    "Listed",
    "Outcome",
    "Outgoing",
    "Queued",
    "Retries",
    "Selection",
    "Skip",
    "State",
    "Verdict",
    "decided",
    "delivery_of",
    "judged_by_status",
]
