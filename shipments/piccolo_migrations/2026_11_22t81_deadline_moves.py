"""Deadlines that a decision on a calendar moved."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:81:00:000001",
    "shipments",
    "both dates of every deadline that a decision on a calendar moved, and how far the recount has come",
)
