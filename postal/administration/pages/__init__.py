"""Pages of administration: organisations, people, devices, keys, one's own password, and the audit log."""

from typing import Any

from postal.administration.pages import devices, index, keys, looking, organisations, people
from postal.administration.pages.index import HOME_SECTIONS

PAGE_HANDLERS: tuple[Any, ...] = (
    *index.PAGES,
    *organisations.PAGES,
    *people.PAGES,
    *devices.PAGES,
    *keys.PAGES,
    *looking.PAGES,
)

__all__ = ["HOME_SECTIONS", "PAGE_HANDLERS"]
