"""The one way out by HTTP; the door for everybody else."""

from integrations.outgoing.service.calling import Client, call, close, configure, post, trusted_origins
from integrations.outgoing.service.guarding import Refused, Resolve, Unreached, resolved

__all__ = [
    "Client",
    "Refused",
    "Resolve",
    "Unreached",
    "call",
    "close",
    "configure",
    "post",
    "resolved",
    "trusted_origins",
]
