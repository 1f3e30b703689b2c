"""Short PINs for confirming a handover at the counter."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:05:00:000000",
    "postal",
    "a PIN that its owner set, for confirming a handover on the other side's screen",
)
