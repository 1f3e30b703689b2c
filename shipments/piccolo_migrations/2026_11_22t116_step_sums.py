"""Steps of finished cases: what each adds, and their sums by month."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:56:00:000001",
    "shipments",
    "sums of waiting and work by step and month, and what each finished case adds to them",
)
