"""What other packages add to the personal view: `TRACKING_SECTIONS` of their plugins, lowest package first."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from postal import registry
from postal.config import Settings

Load = Callable[[str, datetime, Settings], Awaitable[dict[str, Any] | None]]


class TrackingSection(Struct, frozen=True, kw_only=True):
    """A part of the personal view of a dossier; `load` gives what its template shows, or None for nothing.

    `anchor` is the id of its heading.
    """

    title: tuple[str, str]
    template: str
    load: Load
    anchor: str


async def sections_of(dossier: str, now: datetime, settings: Settings) -> list[tuple[TrackingSection, Any]]:
    """Load every section that has something to show."""
    found = []
    for plugin in registry.plugins():
        for section in getattr(plugin, "TRACKING_SECTIONS", ()):
            context = await section.load(dossier, now, settings)
            if context is not None:
                found.append((section, context))
    return found
