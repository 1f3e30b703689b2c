from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:67:00:000000",
    "shipments",
    "Whether a sync left nothing missing of its installation",
)
