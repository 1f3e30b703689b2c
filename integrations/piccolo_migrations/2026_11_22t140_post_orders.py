"""Orders to collect at home, event messages of the post's own system, and the dated table of reasons."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:40:00:000000",
    "integrations",
    "Orders and event messages of the post's own system",
)
