"""Money of dossiers as the ledger has it: entries, day accounts, remittances."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:62:00:000000",
    "shipments",
    "Money of dossiers as the ledger has it: entries, day accounts, remittances",
)
