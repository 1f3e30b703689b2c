"""Use cases of discrepancies."""

from manifests.discrepancies.service.records import opening, resolving
from manifests.discrepancies.service.swaps import list_swaps, settle, swap_of
from manifests.discrepancies.service.working import assign, attach, resolve

__all__ = ("assign", "attach", "list_swaps", "opening", "resolve", "resolving", "settle", "swap_of")
