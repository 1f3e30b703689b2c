"""Reasons that end a delivery at once, as dated law."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:63:00:000000",
    "shipments",
    "Reasons that end a delivery at once, as dated law",
)
