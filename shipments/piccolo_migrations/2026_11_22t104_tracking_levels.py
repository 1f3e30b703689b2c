"""Who may see how much of a dossier by what it knows: settings of agencies, and links on slips."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:04:00:000000",
    "shipments",
    "Settings of agencies for tracking, and links on slips",
)
