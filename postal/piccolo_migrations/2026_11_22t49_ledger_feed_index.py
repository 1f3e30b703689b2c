from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:49:00:000000",
    "postal",
    "What the feed finds its rows by",
)
