"""What the masthead leads to: addresses that each package offers in its `plugin.NAVIGATION`, by role."""

import msgspec

from postal.identity.rules import Actor, Role
from postal.registry import plugins

SHOWN = 5
"""More would not fit beside the brand; all of them stand on the workplace."""


class NavigationLink(msgspec.Struct, frozen=True, kw_only=True):
    """One address to go to; without `roles` it is for everybody who is signed in.

    One that is `aside` stands on the workplace only, as does what is too much for the masthead.
    """

    title: tuple[str, str]
    address: str
    roles: frozenset[Role] = frozenset()
    aside: bool = False


def navigation_for(actor: Actor) -> list[NavigationLink]:
    """Give what one caller may go to, in the order of the packages from the top down: daily work comes first."""
    if actor.kind == "anonymous":
        return []
    offered = [link for plugin in reversed(plugins()) for link in getattr(plugin, "NAVIGATION", ())]
    return [link for link in offered if not link.roles or link.roles & actor.roles]


def place_among(links: list[NavigationLink], path: str) -> str:
    """Name the address under which a path stands, the longest that fits; empty where none does."""
    under = [link.address for link in links if path == link.address or path.startswith(f"{link.address}/")]
    return max(under, key=len, default="")
