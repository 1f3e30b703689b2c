from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:41:00:000000",
    "postal",
    "The order in which the feed reads the ledger: by the transaction that wrote a row, by eras of the server",
)
