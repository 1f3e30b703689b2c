from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:70:00:000000",
    "manifests",
    "Published reports, reminders of them, and receipts of the national portal",
)
