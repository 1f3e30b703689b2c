from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:35:00:000000",
    "manifests",
    "Signed promises of handovers, under their numbers",
)
