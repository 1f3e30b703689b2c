"""Files that agencies bring: how each is read, what it holds (sealed), and what became of every row."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:38:00:000000",
    "integrations",
    "Imports of agencies, their profiles, rows and errors",
)
