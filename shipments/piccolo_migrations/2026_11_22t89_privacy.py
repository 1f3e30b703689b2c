"""Requests of data subjects as the ledger has them."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:89:00:000000",
    "shipments",
    "Requests of data subjects as the ledger has them",
)
