"""What the worker does for the portal's fields all by itself."""

from integrations.portal.service.sending import gather

REGULAR = {"portal": gather}
