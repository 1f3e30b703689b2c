"""Pages of feedback: for anybody who has something to say, and for who answers."""

from shipments.feedback.pages.citizens import HANDLERS as CITIZENS
from shipments.feedback.pages.staff import HANDLERS as STAFF
from shipments.feedback.pages.staff import HOME_SECTIONS

PAGE_HANDLERS = (*CITIZENS, *STAFF)

__all__ = ["HOME_SECTIONS", "PAGE_HANDLERS"]
