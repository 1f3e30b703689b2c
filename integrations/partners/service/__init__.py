"""Partners: registered, changed, paused, ended; their secrets; and who calls us in their name."""

from integrations.partners.rules import Direction, Issued
from integrations.partners.service.admission import Caller, admit, recognise
from integrations.partners.service.reading import (
    active,
    actor_of,
    by_id,
    by_ids,
    find,
    get,
    inbound_secrets,
    list_partners,
    outbound_secret,
    outbound_secrets,
)
from integrations.partners.service.registering import change, create, end, rotate

__all__ = [
    "Caller",
    "Direction",
    "Issued",
    "active",
    "actor_of",
    "admit",
    "by_id",
    "by_ids",
    "change",
    "create",
    "end",
    "find",
    "get",
    "inbound_secrets",
    "list_partners",
    "outbound_secret",
    "outbound_secrets",
    "recognise",
    "rotate",
]
