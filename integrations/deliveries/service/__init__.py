"""The one queue of what goes to programs of others; the door for everybody else."""

from integrations.deliveries.service.clearing import clear
from integrations.deliveries.service.delivering import Deliverer, deliver_due, keep_delivering
from integrations.deliveries.service.looking import (
    deliveries_of,
    destination_of,
    destinations_of,
    get_delivery,
    listed_for,
    state_of,
)
from integrations.deliveries.service.queueing import enqueue, gone, open_destination, pause, resume
from integrations.deliveries.service.replaying import replay, replay_one

__all__ = [
    "Deliverer",
    "clear",
    "deliver_due",
    "deliveries_of",
    "destination_of",
    "destinations_of",
    "enqueue",
    "get_delivery",
    "gone",
    "keep_delivering",
    "listed_for",
    "open_destination",
    "pause",
    "replay",
    "replay_one",
    "resume",
    "state_of",
]
