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
    Way,
    digest_of,
    refuse_address,
)
from integrations.notifications.rules.reports import Bounce, Reported, after_report, bounces_of, reason_of
from integrations.notifications.rules.short import short_of
from integrations.notifications.rules.staff import (
    RHYTHMS,
    STAFF_KINDS,
    StaffFact,
    StaffSetting,
    bundles_now,
    lines_of,
)
from integrations.notifications.rules.texts import Text, staff_text_of, text_of
from integrations.notifications.rules.timing import AGES, MAX_ATTEMPTS, OLDEST, due_after, is_stale, next_try

__all__ = [
    "AGES",
    "CHANNELS",
    "FACTS",
    "MAX_ATTEMPTS",
    "MOST_A_DOSSIER",
    "OLDEST",
    "RHYTHMS",
    "STAFF_KINDS",
    "Attempt",
    "Bounce",
    "Channel",
    "Due",
    "Fact",
    "Given",
    "Kind",
    "Listed",
    "Notice",
    "Outcome",
    "Reported",
    "StaffFact",
    "StaffSetting",
    "Subscription",
    "Text",
    "Way",
    "after_report",
    "bounces_of",
    "bundles_now",
    "digest_of",
    "due_after",
    "fact_of",
    "is_stale",
    "lines_of",
    "next_try",
    "reason_of",
    "refuse_address",
    "short_of",
    "staff_text_of",
    "text_of",
]
