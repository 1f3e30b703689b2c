"""Looks at personal data are forgotten when their time is over; deeds never."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:20:00:000000",
    "postal",
    "how long it is kept who was shown what is personal, and the one way to forget it",
)
