from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:67:00:000000",
    "manifests",
    "The last word on a scan: taken back, or which of two contents holds",
)
