"""Pages of notices: on the personal view, behind the link in each notice, for staff, and one's own choice."""

from integrations.notifications.pages.citizens import HANDLERS as CITIZENS
from integrations.notifications.pages.citizens import TRACKING_SECTIONS
from integrations.notifications.pages.settings import HANDLERS as SETTINGS
from integrations.notifications.pages.staff import HANDLERS as STAFF
from integrations.notifications.pages.staff import HOME_SECTIONS, SEEING

HANDLERS = (*CITIZENS, *STAFF, *SETTINGS)

__all__ = ["HANDLERS", "HOME_SECTIONS", "SEEING", "TRACKING_SECTIONS"]
