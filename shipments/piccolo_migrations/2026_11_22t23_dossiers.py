"""Dossiers as the ledger has them; applicants and document lines apart from it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:23:00:000000",
    "shipments",
    "Dossiers as the ledger has them; applicants and document lines apart from it",
)
