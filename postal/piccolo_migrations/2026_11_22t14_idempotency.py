from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__, "2026-11-22T00:14:00:000001", "postal", "answers kept for repeated requests"
)
