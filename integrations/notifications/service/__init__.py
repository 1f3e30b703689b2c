"""Telling citizens of their dossiers: who asked, what there is to tell, and giving it over."""

from integrations.notifications.service.delivering import deliver_due
from integrations.notifications.service.gathering import gather
from integrations.notifications.service.setup import configure, offered
from integrations.notifications.service.subscribing import (
    Asked,
    confirm,
    end,
    end_own,
    erase,
    export,
    find,
    subscribe,
)

__all__ = [
    "Asked",
    "configure",
    "confirm",
    "deliver_due",
    "end",
    "end_own",
    "erase",
    "export",
    "find",
    "gather",
    "offered",
    "subscribe",
]
