"""Pieces as registered, and the counters from which codes are chosen."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:20:00:000000",
    "shipments",
    "Pieces as registered, and the counters from which codes are chosen",
)
