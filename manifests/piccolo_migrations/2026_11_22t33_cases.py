"""Cases: who has them, what proof they have, and the dated reasons by which they end."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:33:00:000000",
    "manifests",
    "Cases: who has them, what proof they have, and the dated reasons by which they end",
)
