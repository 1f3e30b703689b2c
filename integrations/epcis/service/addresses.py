"""Under which public address our things stand in events; set once at the start, from the settings."""

from integrations.epcis.rules.addresses import NOWHERE, Names
from postal.config import Settings

_named: list[Names] = [Names()]


def configure(settings: Settings) -> None:
    """Take the public address; without one, things stand under a name that leads nowhere."""
    _named[0] = Names((settings.web.public_url or NOWHERE).rstrip("/"))


def names() -> Names:
    """Give the addresses of this system."""
    return _named[0]
