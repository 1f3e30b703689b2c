from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:68:00:000000",
    "shipments",
    "Drop the counter of serials that nothing reads",
)
