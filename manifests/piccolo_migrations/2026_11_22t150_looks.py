"""When to look at closed manifests again, though nobody says anything."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:58:00:000150",
    "manifests",
    "closed manifests whose lines become missing by time alone",
)
