"""Nonconformities of process steps, as the ledger has them."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:85:00:000000",
    "shipments",
    "nonconformities of process steps, as the ledger has them",
)
