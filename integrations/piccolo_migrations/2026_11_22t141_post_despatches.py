"""Despatches: what was announced, and each answer to it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:41:00:000000",
    "integrations",
    "Despatches announced and answered",
)
