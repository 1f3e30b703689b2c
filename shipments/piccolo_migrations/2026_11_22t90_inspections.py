"""Sample inspections as the ledger has them; remarks apart from it."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:90:00:000000",
    "shipments",
    "Sample inspections as the ledger has them; remarks apart from it",
)
