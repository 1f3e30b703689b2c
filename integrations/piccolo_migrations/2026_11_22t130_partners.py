"""Programs of others that speak with us, and the secrets that they sign with."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:30:00:000000",
    "integrations",
    "Partners and their secrets",
)
