"""Incidents and claims as the rows of the ledger leave them, whose claims they are, and what the law gives."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:37:00:000000",
    "manifests",
    "Incidents and claims as the rows of the ledger leave them, whose claims they are, and what the law gives",
)
