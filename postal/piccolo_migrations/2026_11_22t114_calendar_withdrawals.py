"""Decisions on calendars can be withdrawn."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:14:00:000001",
    "postal",
    "a decision on a calendar may withdraw an earlier one, which stays as it was entered",
)
