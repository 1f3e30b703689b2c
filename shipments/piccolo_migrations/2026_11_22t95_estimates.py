"""Histories that estimates are told from."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:95:00:000001",
    "shipments",
    "lengths of earlier spans by route, procedure and weekday, and how often estimates from them held",
)
