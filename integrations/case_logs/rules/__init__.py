"""Event logs of other systems: profiles, reading of rows, and what becomes of each. Pure."""

from integrations.case_logs.rules.mapping import CaseRecord, EventRecord, Mapped, Mapping, stable_id
from integrations.case_logs.rules.profile import Profile, ProfileError, read_profile
from integrations.case_logs.rules.reading import LogError, Refusal, Row, sniff, table_rows

__all__ = [
    "CaseRecord",
    "EventRecord",
    "LogError",
    "Mapped",
    "Mapping",
    "Profile",
    "ProfileError",
    "Refusal",
    "Row",
    "read_profile",
    "sniff",
    "stable_id",
    "table_rows",
]
