from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:46:00:000000",
    "postal",
    "The rows of one code, read in its months alone",
)
