"""Indexes of what waits for citizens: few of the clocks that run at an agency stand still."""

from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T01:57:00:000150",
    "shipments",
    "clocks of an agency that stand still while somebody is waited for",
)
