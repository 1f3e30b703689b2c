"""What became of notices after they were given over, and staff who ask to be told."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:44:00:000000",
    "integrations",
    "Reports of delivery, notices that expire, and staff who are told of what their desk must act on",
)
