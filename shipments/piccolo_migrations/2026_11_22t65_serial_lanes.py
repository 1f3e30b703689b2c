"""Lanes, so that those who need serials at the same time do not wait for each other."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:65:00:000000",
    "shipments",
    "Lanes, so that those who need serials at the same time do not wait for each other",
)
