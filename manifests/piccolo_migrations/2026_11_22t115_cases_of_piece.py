"""From a piece to all its discrepancies: whoever asks for their data is told the words about them."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:55:00:000001",
    "manifests",
    "discrepancies of a piece, settled ones too",
)
