"""Answering citizens, and what decides how much each of them is told."""

from shipments.tracking.service.answering import not_found, opened, readable, track, unlock
from shipments.tracking.service.levels import read_settings, state_setting
from shipments.tracking.service.linking import (
    Personal,
    ask_for_data,
    erase_links,
    links_for,
    next_visit,
    personal,
    revoke,
)

__all__ = [
    "Personal",
    "ask_for_data",
    "erase_links",
    "links_for",
    "next_visit",
    "not_found",
    "opened",
    "personal",
    "read_settings",
    "readable",
    "revoke",
    "state_setting",
    "track",
    "unlock",
]
