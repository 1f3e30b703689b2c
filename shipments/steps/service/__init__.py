"""Use cases of steps: how long each took and who answers for it, and the log of what went wrong."""

from shipments.steps.service.log import Opening, act, assign, close, open_, publish
from shipments.steps.service.measuring import analysis, asked_of, proposals, steps_of
from shipments.steps.service.summing import export, recount, refresh

__all__ = [
    "Opening",
    "act",
    "analysis",
    "asked_of",
    "assign",
    "close",
    "export",
    "open_",
    "proposals",
    "publish",
    "recount",
    "refresh",
    "steps_of",
]
