"""Numbers that the clocks, the reports and the answers to citizens go by."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:71:00:000000",
    "postal",
    "constants: readings of clocks, reports, retention, feedback, requests on personal data, targets, fares",
)
