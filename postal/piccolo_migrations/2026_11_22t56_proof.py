from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:56:00:000000",
    "postal",
    "The Merkle log over the rows of the ledger, its signed checkpoints and public keys",
)
