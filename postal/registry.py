"""The packages that make up the system, composed by name so that `postal` imports none of them."""

from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from postal.config import hold
from postal.observability.figures import Figure

if TYPE_CHECKING:
    from postal.config import Settings
    from postal.files.rules import About, Subject
    from postal.identity.rules import Actor
    from postal.ledger.projections import Touched

PACKAGES = ("shipments", "manifests", "integrations")

Projector = Callable[["Touched"], Awaitable[None]]
Seed = Callable[[], Awaitable[None]]
Regular = Callable[[datetime], Awaitable[None]]
"""Work that the worker does again and again, given the time; harmless to repeat, also by two processes at once."""

Steady = Callable[[], Awaitable[None]]
"""Work that the worker does without a pause until it is cancelled; started again when it breaks."""

Source = Callable[[], Awaitable[list[Figure]]]
FileSubject = Callable[[str, "Actor"], Awaitable["Subject"]]
"""Finds what files may be attached to, by its code and for an actor; what that may not see is not found."""


class Holding(Struct, frozen=True, kw_only=True):
    """One sort of personal data that is held about a dossier: how it is given out and how it is forgotten.

    `retained` is what the law keeps for a time; erasing gives how many rows there were, and again gives none.
    """

    name: str
    title: tuple[str, str]
    retained: bool
    export: Callable[[str], Awaitable[list[dict[str, Any]]]]
    erase: Callable[[str, datetime], Awaitable[int]]


class Audience(Struct, frozen=True, kw_only=True):
    """Whom a change of some codes concerns: organisations that see them, and codes of what is shown with them."""

    organisations: frozenset[str]
    codes: frozenset[str]


OutboxHandler = Callable[[dict[str, Any]], Awaitable[None]]


def plugins() -> tuple[ModuleType, ...]:
    """Give the plugin module of the platform and of each package, lowest first."""
    return tuple(import_module(f"{package}.plugin") for package in ("postal", *PACKAGES))


def handlers() -> tuple[Any, ...]:
    """Give every Litestar handler."""
    return tuple(_all("HANDLERS"))


def projectors() -> tuple[Projector, ...]:
    """Give every projector, lowest package first: a later one may read what an earlier one wrote."""
    return tuple(_all("PROJECTORS"))


def projections() -> tuple[str, ...]:
    """Give the table of every projection, in the order of their projectors."""
    return tuple(_all("PROJECTIONS"))


def outbox_handlers() -> dict[str, OutboxHandler]:
    """Give the handler of every topic; a topic with two handlers is a programming error."""
    found: dict[str, OutboxHandler] = {}
    for plugin in plugins():
        for topic, handler in plugin.OUTBOX_HANDLERS.items():
            if topic in found:
                msg = f"two handlers for topic {topic}"
                raise RuntimeError(msg)
            found[topic] = handler
    return found


def inbound() -> dict[str, Any]:
    """Give what understands each kind of message that programs of others send."""
    return {kind: take for plugin in plugins() for kind, take in getattr(plugin, "INBOUND", {}).items()}


def partner_settings() -> dict[str, type[Struct]]:
    """Give the form of the settings of each kind of partner that states one."""
    return {
        kind: form for plugin in plugins() for kind, form in getattr(plugin, "PARTNER_SETTINGS", {}).items()
    }


def commands() -> tuple[Any, ...]:
    """Give every click command."""
    return tuple(_all("COMMANDS"))


def tables() -> tuple[Any, ...]:
    """Give every Piccolo table."""
    return tuple(_all("TABLES"))


def seeds() -> tuple[Seed, ...]:
    """Give what fills a new database; run as owner after the migrations, without effect when repeated."""
    return tuple(seed for plugin in plugins() for seed in getattr(plugin, "SEEDS", ()))


def regular() -> dict[str, Regular]:
    """Give what the worker does regularly, by a name for its log."""
    return {name: work for plugin in plugins() for name, work in getattr(plugin, "REGULAR", {}).items()}


def steady() -> dict[str, Steady]:
    """Give what the worker does all the time, by a name for its log."""
    return {name: work for plugin in plugins() for name, work in getattr(plugin, "STEADY", {}).items()}


def adapters() -> dict[str, Any]:
    """Give what builds, and judges the answers to, each kind of message that goes to programs of others."""
    return {kind: made for plugin in plugins() for kind, made in getattr(plugin, "ADAPTERS", {}).items()}


def configure(settings: "Settings") -> None:
    """Hand the settings of this process to what runs without a request: the packages' regular work and exports."""
    hold(settings)
    for plugin in plugins():
        for take in getattr(plugin, "CONFIGURED", ()):
            take(settings)


def recounts() -> tuple[Seed, ...]:
    """Give what counts anew, at the end of a rebuild and inside it, what is derived from projections by messages."""
    return tuple(count for plugin in plugins() for count in getattr(plugin, "RECOUNTS", ()))


def held() -> tuple[Seed, ...]:
    """Give what reads again the dated rows that a process keeps in memory; run at its start and every half minute."""
    return tuple(load for plugin in plugins() for load in getattr(plugin, "HELD", ()))


def figures() -> tuple[Source, ...]:
    """Give what tells metrics of the state of the whole, each source by itself."""
    return tuple(source for plugin in plugins() for source in getattr(plugin, "FIGURES", ()))


def holdings() -> tuple[Holding, ...]:
    """Give every sort of personal data that is held about dossiers."""
    return tuple(each for plugin in plugins() for each in getattr(plugin, "HOLDINGS", ()))


def audiences() -> tuple[Callable[[Collection[str]], Awaitable[Audience]], ...]:
    """Give what tells whom a change concerns, lowest package first."""
    return tuple(tell for plugin in plugins() for tell in getattr(plugin, "AUDIENCES", ()))


def file_subjects() -> "dict[About, FileSubject]":
    """Give what finds each sort of thing that files are attached to; the packages bring theirs."""
    return {
        about: find for plugin in plugins() for about, find in getattr(plugin, "FILE_SUBJECTS", {}).items()
    }


async def open_dossiers(procedure: str | None) -> int:
    """Count the dossiers under way, of one procedure or of all: they keep the law that they began under."""
    sources = [source for plugin in plugins() for source in getattr(plugin, "OPEN_DOSSIERS", ())]
    return sum([await source(procedure) for source in sources])


def _all(name: str) -> Iterator[Any]:
    for plugin in plugins():
        yield from getattr(plugin, name)
