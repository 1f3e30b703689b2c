"""Discrepancies, as the records of the ledger leave them."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:31:00:000000",
    "manifests",
    "Discrepancies, as the records of the ledger leave them",
)
