from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__, "2026-11-22T00:45:00:000001", "postal", "runs of messages that never ended"
)
