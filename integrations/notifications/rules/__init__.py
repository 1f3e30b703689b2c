"""What is told to whom, when and in which words. Pure."""

from integrations.notifications.rules.facts import FACTS, Fact, Kind, fact_of
from integrations.notifications.rules.model import (
    CHANNELS,
    MOST_A_DOSSIER,
    Attempt,
    Channel,
    Due,
    Given,
    Listed,
    Notice,
    Outcome,
    Subscription,
    digest_of,
    refuse_address,
)
from integrations.notifications.rules.texts import Text, text_of
from integrations.notifications.rules.timing import MAX_ATTEMPTS, due_after, next_try

__all__ = [
    "CHANNELS",
    "FACTS",
    "MAX_ATTEMPTS",
    "MOST_A_DOSSIER",
    "Attempt",
    "Channel",
    "Due",
    "Fact",
    "Given",
    "Kind",
    "Listed",
    "Notice",
    "Outcome",
    "Subscription",
    "Text",
    "digest_of",
    "due_after",
    "fact_of",
    "next_try",
    "refuse_address",
    "text_of",
]
