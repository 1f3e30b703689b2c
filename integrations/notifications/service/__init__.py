"""Telling citizens of their dossiers, and staff of their work: who asked, what there is, and giving it over."""

from integrations.notifications.service.delivering import deliver_due
from integrations.notifications.service.gathering import gather
from integrations.notifications.service.reporting import (
    FAILED_IN,
    Overview,
    again,
    authenticate,
    bounce,
    overview,
    report,
)
from integrations.notifications.service.setup import offered
from integrations.notifications.service.staffing import Wanted, address_of, choose, leave, own_setting
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
    "FAILED_IN",
    "Asked",
    "Overview",
    "Wanted",
    "address_of",
    "again",
    "authenticate",
    "bounce",
    "choose",
    "confirm",
    "deliver_due",
    "end",
    "end_own",
    "erase",
    "export",
    "find",
    "gather",
    "leave",
    "offered",
    "overview",
    "own_setting",
    "report",
    "subscribe",
]
