"""Use cases of steps: how long each took and who answers for it, and the log of what went wrong."""

from shipments.steps.service.log import Opening, act, assign, close, open_, publish
from shipments.steps.service.measuring import analysis, proposals, steps_of

__all__ = [
    "Opening",
    "act",
    "analysis",
    "assign",
    "close",
    "open_",
    "proposals",
    "publish",
    "steps_of",
]
