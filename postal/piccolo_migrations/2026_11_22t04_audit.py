"""Append-only log of who did or read what."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__, "2026-11-22T00:04:00:000000", "postal", "Append-only log of who did or read what"
)
