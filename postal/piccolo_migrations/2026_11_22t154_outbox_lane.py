"""Whatever statistics say, the older messages of a key are found without reading the others."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:54:00:000000",
    "postal",
    "Find the older messages of a key by one index alone",
)
