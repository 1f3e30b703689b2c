"""Runs of imports."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:40:00:000001",
    "integrations",
    "runs of imports: what came in, and which rows did not",
)
