"""Manifests with their lines, and which pieces were scanned under which manifest."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:30:00:000000",
    "manifests",
    "Manifests with their lines, and which pieces were scanned under which manifest",
)
