"""Pages of figures: for anybody, and for leaders."""

from typing import Any

from shipments.figures.pages.statistics import PAGE_HANDLERS as STATISTICS

PAGE_HANDLERS: tuple[Any, ...] = (*STATISTICS,)
