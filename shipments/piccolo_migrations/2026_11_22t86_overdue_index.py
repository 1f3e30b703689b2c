"""The index of what is or was overdue."""

from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T00:86:00:000000",
    "shipments",
    "the index of what is or was overdue",
)
