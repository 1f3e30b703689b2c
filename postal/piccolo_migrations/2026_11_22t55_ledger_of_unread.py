from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:55:00:000000",
    "postal",
    "In a month without statistics each look-up read the index of the whole month",
)
