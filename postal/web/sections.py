"""What the start page of a signed-in person shows: sections that each package offers in its `plugin.HOME_SECTIONS`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from postal.identity.rules import Actor, Role
from postal.registry import plugins


class HomeSection(msgspec.Struct, frozen=True, kw_only=True):
    """One section: a heading, a template that is included with the loaded context, and for whom it is meant.

    `load` gives the context of the template, or None to leave the section out. Without `roles` it is for everybody.
    """

    title: tuple[str, str]
    template: str
    load: Callable[[Actor, datetime], Awaitable[dict[str, Any] | None]]
    roles: frozenset[Role] = frozenset()


class LoadedSection(msgspec.Struct, frozen=True, kw_only=True):
    """A section that applies to a caller, with its context."""

    title: tuple[str, str]
    template: str
    context: dict[str, Any]


async def sections_for(actor: Actor, now: datetime) -> list[LoadedSection]:
    """Load the sections for one caller, in the order of the packages."""
    loaded = []
    for plugin in plugins():
        for section in getattr(plugin, "HOME_SECTIONS", ()):
            if section.roles and not section.roles & actor.roles:
                continue
            context = await section.load(actor, now)
            if context is not None:
                loaded.append(LoadedSection(title=section.title, template=section.template, context=context))
    return loaded
