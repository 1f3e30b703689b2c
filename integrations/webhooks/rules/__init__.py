"""Who is called with what happens, what a call says, and when a receiver is given up. Pure."""

from integrations.webhooks.rules.failing import failing_since, is_given_up
from integrations.webhooks.rules.messages import KIND, PING, body_of, id_of, message_of, ping_of
from integrations.webhooks.rules.model import (
    INTEGRATORS,
    MOST_SUBSCRIPTIONS,
    OVERLAP,
    Behind,
    Replay,
    Secret,
    Subscription,
    SubscriptionChange,
    Why,
    follower_of,
    signing,
)

__all__ = [
    "INTEGRATORS",
    "KIND",
    "MOST_SUBSCRIPTIONS",
    "OVERLAP",
    "PING",
    "Behind",
    "Replay",
    "Secret",
    "Subscription",
    "SubscriptionChange",
    "Why",
    "body_of",
    "failing_since",
    "follower_of",
    "id_of",
    "is_given_up",
    "message_of",
    "ping_of",
    "signing",
]
