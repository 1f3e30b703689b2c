from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:71:00:000000",
    "manifests",
    "Forms of reports and of the register of dossiers",
)
