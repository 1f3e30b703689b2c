from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:52:00:000000",
    "postal",
    "What arrived after an instant, by summaries of pages",
)
