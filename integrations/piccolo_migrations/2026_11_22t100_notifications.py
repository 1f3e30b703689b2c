"""Who asked to be told of a dossier, what is told, and what became of it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:00:00:000000",
    "integrations",
    "Subscriptions, notices and their attempts",
)
