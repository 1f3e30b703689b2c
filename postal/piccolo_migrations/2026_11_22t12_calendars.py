"""Calendars, their hours and special days."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:12:00:000001",
    "postal",
    "calendars as dated data, so that working time is citable",
)
