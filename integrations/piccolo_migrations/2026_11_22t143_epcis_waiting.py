"""Events that wait are deleted by whoever is done with them, never by a key."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:43:00:000000",
    "integrations",
    "No deletion of waiting EPCIS events by their key",
)
