from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:08:00:000000",
    "manifests",
    "After how many hours on the road a run is called late",
)
