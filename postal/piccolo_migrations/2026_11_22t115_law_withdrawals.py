"""Rules that have not come into force can be withdrawn."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:15:00:000001",
    "postal",
    "a rule that is yet to come into force may be withdrawn by a decision: it stays, and holds on no day",
)
