from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:66:00:000000",
    "shipments",
    "Where the money goes that an office has counted",
)
