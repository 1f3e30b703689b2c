"""Pages of figures: for anybody, and for leaders."""

from typing import Any

from shipments.figures.pages.leaders import HOME_SECTIONS
from shipments.figures.pages.leaders import PAGE_HANDLERS as LEADERS
from shipments.figures.pages.statistics import PAGE_HANDLERS as STATISTICS
from shipments.figures.pages.unused import PAGE_HANDLERS as UNUSED

PAGE_HANDLERS: tuple[Any, ...] = (*STATISTICS, *LEADERS, *UNUSED)

__all__ = ["HOME_SECTIONS", "PAGE_HANDLERS"]
