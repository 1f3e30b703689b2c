"""Custody: the stored fold, who sees what, syncs of devices, refused uploads and the free text of scans."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:21:00:000000",
    "shipments",
    "Who answers for each piece is read far more often than it changes, so the fold is stored.",
)
