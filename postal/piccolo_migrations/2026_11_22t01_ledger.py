from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:01:00:000000",
    "postal",
    "The append-only ledger, by months of its ids; what rows speak of; contents that dispute an id",
)
