"""Letters being drafted, their dated form, and what may be given as a reason."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:84:00:000000",
    "shipments",
    "letters of apology being drafted, their dated form and the reasons",
)
