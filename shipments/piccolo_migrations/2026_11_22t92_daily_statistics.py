"""Daily statistics as they were published."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:92:00:000001",
    "shipments",
    "daily statistics as they were published, and what was counted later beside them",
)
