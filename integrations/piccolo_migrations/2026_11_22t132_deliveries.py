"""What goes to programs of others, and every try of it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:32:00:000001",
    "integrations",
    "Deliveries to programs of others, and their tries",
)
