"""Who pays for what the post carries a second time."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:11:00:000000",
    "postal",
    "who pays the second leg, and how far an apology moves a promise",
)
