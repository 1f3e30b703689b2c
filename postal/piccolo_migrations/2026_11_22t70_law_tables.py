"""What the law needs beyond one number: papers, steps, lists of decision, patterns, and who changed what."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:70:00:000000",
    "postal",
    "papers and steps of procedures, lists of what the post carries, patterns of codes, decisions behind each rule",
)
