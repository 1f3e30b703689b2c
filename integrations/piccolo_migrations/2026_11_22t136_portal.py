"""What partners were told by the national portal's fields, and what writes those fields fast."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:36:00:000000",
    "integrations",
    "What partners were told by the portal's fields",
)
