from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:00:00:000000",
    "postal",
    "Search without diacritics; nothing for PUBLIC; the application may ask which migrations ran",
)
