"""How dossiers came in, and the citizen's recorded choice."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:93:00:000001",
    "shipments",
    "how a dossier came in, and how the citizen's choice of the post was taken down",
)
