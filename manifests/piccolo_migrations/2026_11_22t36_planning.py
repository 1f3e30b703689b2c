"""What was left out of a manifest at its sealing, why it may be, and how long a leg takes in planning."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:36:00:000000",
    "manifests",
    "What was left out of a manifest at its sealing, why it may be, and how long a leg takes in planning",
)
