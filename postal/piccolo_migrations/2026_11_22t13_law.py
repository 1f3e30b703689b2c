"""Dated rules with citation and status."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:13:00:000001",
    "postal",
    "the law as dated rows, a change of law is no change of code",
)
