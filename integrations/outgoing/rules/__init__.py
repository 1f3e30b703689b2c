"""What may be called, what a call and its answer are, and when somebody is left alone; the door for everybody else."""

from integrations.outgoing.rules.addresses import PORTS, Address, Target, is_public, target_of
from integrations.outgoing.rules.calls import MOST_READ, MOST_SENT, Answered, Call, Method, waits
from integrations.outgoing.rules.circuit import CLOSED, Circuit, CircuitState

__all__ = [
    "CLOSED",
    "MOST_READ",
    "MOST_SENT",
    "PORTS",
    "Address",
    "Answered",
    "Call",
    "Circuit",
    "CircuitState",
    "Method",
    "Target",
    "is_public",
    "target_of",
    "waits",
]
