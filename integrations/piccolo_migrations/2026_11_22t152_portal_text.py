"""The portal's writer of texts is written into the statements that use it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:52:00:000000",
    "integrations",
    "Let the planner write the portal's texts into their statement",
)
