"""How far those inside the system have read the feed."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:34:00:000000",
    "integrations",
    "Followers of the feed",
)
