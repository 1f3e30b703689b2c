"""Whatever statistics say, the first message of a key is found without reading the others."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:53:00:000000",
    "integrations",
    "Find the first of a key by one index alone",
)
