"""Feedback and petitions as the ledger has them; what people wrote apart from it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:88:00:000000",
    "shipments",
    "Feedback and petitions as the ledger has them; what people wrote apart from it",
)
