"""People, assignments, devices, shifts, keys and sessions."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:11:00:000000",
    "postal",
    "People, assignments, devices, shifts, keys and sessions",
)
