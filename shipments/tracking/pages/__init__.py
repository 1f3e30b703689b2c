"""Pages of tracking: for anybody with a code, for who holds a slip, and the setting of an agency."""

from shipments.tracking.pages.anybody import HANDLERS as ANYBODY
from shipments.tracking.pages.personal import HANDLERS as PERSONAL
from shipments.tracking.pages.readings import TRACKING_SECTIONS
from shipments.tracking.pages.settings import HANDLERS as SETTINGS

HANDLERS = (*ANYBODY, *PERSONAL, *SETTINGS)

__all__ = ["HANDLERS", "TRACKING_SECTIONS"]
