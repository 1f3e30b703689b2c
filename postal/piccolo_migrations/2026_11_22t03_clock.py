from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:03:00:000000",
    "postal",
    "The simulated clock, and the mode that a database is bound to for ever",
)
