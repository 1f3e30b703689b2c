from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:02:00:000001",
    "postal",
    "Outbox: the truth about work to do, written with the change that causes it",
)
