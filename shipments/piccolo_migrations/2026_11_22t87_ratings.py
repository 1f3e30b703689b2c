"""Ratings of delivered dossiers as the ledger has them; their notes apart from it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:87:00:000000",
    "shipments",
    "Ratings of delivered dossiers as the ledger has them; their notes apart from it",
)
