"""Organisations with validity and succession; administrative units."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:10:00:000000",
    "postal",
    "Organisations with validity and succession; administrative units",
)
