"""An index that finds what was given out near a serial."""

from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T00:65:00:000001",
    "shipments",
    "An index that finds what was given out near a serial",
)
