"""Custody: where an instruction sends a piece, its seal, what was accepted unopened, the trip that it is on."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T00:26:00:000000",
    "shipments",
    "What hands meet on the road is read by planning, reconciliation and scanners, so it is stored with the fold.",
)
