from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:59:00:000000",
    "postal",
    "files: keys of subjects, what is attached, uploads in parts",
)
