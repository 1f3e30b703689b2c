"""Failed second factors of anonymous tracking."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:25:00:000000",
    "shipments",
    "Failed second factors of anonymous tracking",
)
