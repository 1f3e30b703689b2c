"""Pages of money: today's on the start page, taking it in, giving it back, handing it over, and counting it."""

from shipments.fees.pages.counter import HANDLERS as PAGE_HANDLERS
from shipments.fees.pages.today import HOME_SECTIONS

__all__ = ("HOME_SECTIONS", "PAGE_HANDLERS")
