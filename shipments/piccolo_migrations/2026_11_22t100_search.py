"""What a desk finds dossiers by: the name of their applicant without diacritics, erased with the name."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:00:00:000100",
    "shipments",
    "search keys of applicants, kept by a trigger",
)
