from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:53:00:000000",
    "postal",
    "One link between a code and what its rows name, however many rows name it",
)
