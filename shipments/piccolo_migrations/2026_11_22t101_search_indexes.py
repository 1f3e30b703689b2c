"""Indexes of what a desk looks for: its dossiers by code and name, and what is due there."""

from postal.db.migrations import concurrent_migration

ID, VERSION, DESCRIPTION, forwards = concurrent_migration(
    __file__,
    "2026-11-22T01:01:00:000101",
    "shipments",
    "what is due at a desk, and its dossiers by parts of codes and names",
)
