"""Indexes that find the open clocks."""

from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T00:82:00:000001",
    "shipments",
    "open clocks by due instant, and by calendar for a decision on it",
)
