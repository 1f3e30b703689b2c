"""Orders, event messages and despatches of the post's own system: taken in, told, answered."""

from integrations.inbox.rules import Handler
from integrations.post.service.despatches import take_predes, take_resdes
from integrations.post.service.events import take_events
from integrations.post.service.orders import erase, export, take_orders
from integrations.post.service.setup import PostSettings

INBOUND: dict[str, Handler] = {
    "post.orders": take_orders,
    "post.emsevt": take_events,
    "post.predes": take_predes,
    "post.resdes": take_resdes,
}

__all__ = ["INBOUND", "PostSettings", "erase", "export"]
