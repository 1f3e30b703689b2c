"""The slip that goes home with a result says where to rate the service (R16)."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:56:00:000002",
    "manifests",
    "a version of the result's slip that asks for a rating",
)
