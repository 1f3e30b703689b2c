"""Pages of notices: on the personal view, behind the link in each notice, and for staff."""

from integrations.notifications.pages.citizens import HANDLERS as CITIZENS
from integrations.notifications.pages.citizens import TRACKING_SECTIONS
from integrations.notifications.pages.staff import HANDLERS as STAFF
from integrations.notifications.pages.staff import SEEING

HANDLERS = (*CITIZENS, *STAFF)

__all__ = ["HANDLERS", "SEEING", "TRACKING_SECTIONS"]
