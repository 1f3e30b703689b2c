from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:47:00:000000",
    "postal",
    "The rows of one code, by the index of codes in partitions of every size",
)
