"""Pages of supervisors: the board of discrepancies, and the network."""

from typing import Any

from manifests.oversight.pages import board, network

PAGE_HANDLERS: tuple[Any, ...] = (*board.PAGES, *network.PAGES)

__all__ = ["PAGE_HANDLERS"]
