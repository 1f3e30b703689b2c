from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:40:00:000000",
    "postal",
    "In which months of ids a code has rows, so that a look-up reads those alone; a smaller index of codes",
)
