"""Trips: a copy of the ledger's rows, found by the parties."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:32:00:000000",
    "manifests",
    "What is aboard which vehicle is read at every stop, so the fold of a trip's rows is stored.",
)
