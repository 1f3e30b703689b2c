from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:48:00:000000",
    "postal",
    "when backups were made, and what the metrics ask of partitions",
)
