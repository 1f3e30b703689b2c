from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T01:09:00:000000",
    "postal",
    "The audit log is read by organisation, by person and by what was looked at",
)
