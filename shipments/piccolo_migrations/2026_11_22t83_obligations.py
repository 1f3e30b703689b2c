"""Requests for supplements and letters of apology, as the ledger has them."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:83:00:000000",
    "shipments",
    "requests for supplements and letters of apology, as the ledger has them",
)
