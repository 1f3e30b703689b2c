"""Subscriptions to the feed: kept, called, given up and caught up with."""

from integrations.webhooks.service.calling import WebhookAdapter
from integrations.webhooks.service.fanning import fan_out, keep_fanning
from integrations.webhooks.service.managing import (
    Issued,
    change,
    create,
    delete,
    enable,
    ping,
    replay,
    rotate,
)
from integrations.webhooks.service.reading import behind_of, deliveries_of, get, list_subscriptions, needing
from integrations.webhooks.service.tending import tend

__all__ = [
    "Issued",
    "WebhookAdapter",
    "behind_of",
    "change",
    "create",
    "delete",
    "deliveries_of",
    "enable",
    "fan_out",
    "get",
    "keep_fanning",
    "list_subscriptions",
    "needing",
    "ping",
    "replay",
    "rotate",
    "tend",
]
