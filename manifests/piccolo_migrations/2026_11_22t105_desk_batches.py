"""What a desk did to many dossiers at once, so that it can be shown and taken back."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:05:00:000105",
    "manifests",
    "what a desk did to many dossiers at once",
)
