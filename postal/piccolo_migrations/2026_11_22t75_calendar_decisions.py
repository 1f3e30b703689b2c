"""Decisions that change a calendar afterwards."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:75:00:000001",
    "postal",
    "a calendar has versions: what was decided later is a row, and the calendar before it can still be asked",
)
