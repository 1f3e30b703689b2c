"""What must be known of an open clock without its calendar."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:80:00:000001",
    "shipments",
    "open clocks by who holds the step, near due and paused, and the calendar version each was measured by",
)
