"""Text inside XML, written by the database."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:04:00:000001",
    "integrations",
    "text of the ledger inside XML",
)
