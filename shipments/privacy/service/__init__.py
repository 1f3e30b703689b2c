"""Requests of data subjects: taken and identified by staff, done within their limits."""

from shipments.privacy.service.doing import Erased, Export, complete, correct, erase, export
from shipments.privacy.service.taking import Reading, read, refuse, take, take_by_slip, verify

__all__ = [
    "Erased",
    "Export",
    "Reading",
    "complete",
    "correct",
    "erase",
    "export",
    "read",
    "refuse",
    "take",
    "take_by_slip",
    "verify",
]
