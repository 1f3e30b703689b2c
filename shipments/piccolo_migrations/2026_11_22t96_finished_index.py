"""An index that finds the finished clocks of a route."""

from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T00:96:00:000001",
    "shipments",
    "finished clocks by route and end, for the histories of estimates",
)
