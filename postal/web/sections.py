"""What the start page of a signed-in person shows: sections that each package offers in its `plugin.HOME_SECTIONS`."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from postal.identity.rules import Actor, Role
from postal.registry import plugins


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for the reader: how many, what they are, and where to deal with them.

    There are `more` than that where counting stopped.
    """

    number: int
    title: tuple[str, str]
    address: str
    tone: str = ""
    more: bool = False


class HomeSection(msgspec.Struct, frozen=True, kw_only=True):
    """One section: a heading, a template that is included with the loaded context, and for whom it is meant.

    `load` gives the context of the template, or None to leave the section out. Without `roles` it is for everybody.
    `needs` tells from that context what is to be done; it stands as numbers above all sections.
    """

    title: tuple[str, str]
    template: str
    load: Callable[[Actor, datetime], Awaitable[dict[str, Any] | None]]
    roles: frozenset[Role] = frozenset()
    needs: Callable[[dict[str, Any]], Sequence[Need]] | None = None


class LoadedSection(msgspec.Struct, frozen=True, kw_only=True):
    """A section that applies to a caller, with its context."""

    title: tuple[str, str]
    template: str
    context: dict[str, Any]
    needs: tuple[Need, ...]

    @property
    def anchor(self) -> str:
        """Name the section within its page, by its template."""
        return self.template.removesuffix(".html").replace("/", "-")


def needs_of(sections: Sequence[LoadedSection]) -> list[Need]:
    """Give what is to be done in all sections, what is late first."""
    found = [need for section in sections for need in section.needs if need.number]
    return sorted(found, key=lambda need: ("bad", "warn", "").index(need.tone))


async def sections_for(actor: Actor, now: datetime) -> list[LoadedSection]:
    """Load the sections for one caller, in the order of the packages."""
    loaded = []
    for plugin in plugins():
        for section in getattr(plugin, "HOME_SECTIONS", ()):
            if section.roles and not section.roles & actor.roles:
                continue
            context = await section.load(actor, now)
            if context is not None:
                loaded.append(
                    LoadedSection(
                        title=section.title,
                        template=section.template,
                        context=context,
                        needs=tuple(section.needs(context)) if section.needs else (),
                    )
                )
    return loaded
