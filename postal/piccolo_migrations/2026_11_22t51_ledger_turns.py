from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:51:00:000000",
    "postal",
    "Rows of one piece stand in the order of commits, also where a transaction began long before it wrote",
)
