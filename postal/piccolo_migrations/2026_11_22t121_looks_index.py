from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T01:21:00:000000",
    "postal",
    "The oldest looks at personal data are found without reading the log",
)
