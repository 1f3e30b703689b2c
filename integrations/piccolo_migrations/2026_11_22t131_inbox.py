"""Messages of partners: kept before they are understood, with what became of them."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:31:00:000000",
    "integrations",
    "The inbox of partners' messages",
)
