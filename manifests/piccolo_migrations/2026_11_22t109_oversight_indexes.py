from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T01:09:00:000000",
    "manifests",
    "What is open is found without what has ended",
)
