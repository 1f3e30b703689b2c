"""Clocks of dossiers, for figures."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:24:00:000001",
    "shipments",
    "measured spans of dossiers, for lead times by any group",
)
