"""Figures: what each dossier adds to them, and their sums by day and month."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:91:00:000001",
    "shipments",
    "sums of figures by day and month, and what each dossier adds to them",
)
