"""Events of others: captures under way, and what was captured."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:42:00:000000",
    "integrations",
    "EPCIS captures, their events, and the ids of events that were given out",
)
