from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:54:00:000000",
    "manifests",
    "Manifests by the beginning of their code",
)
