"""Where rows stand in the order of commits, which the feed follows: eras of servers, and how far that order is settled.

A row's position is the transaction that wrote it, or the youngest one that had ended by then if that is younger, and
its turn among those. So rows written under the lock of one piece stand in the order in which they were committed, and
no row comes to stand before a transaction that still runs. After a restore into another server transactions are
numbered from the start, so rows written there belong to a new era, behind all that was restored.
"""

from datetime import datetime

import msgspec

from postal import db

BEGIN_ERA = "SELECT feed_begin_era()"
# A server that was set back to an earlier point, or that took over from another one, has a new timeline.
IS_OF_THIS_SERVER = """
SELECT
    newest.system_identifier = control.system_identifier AS same_server,
    newest.timeline = left(pg_walfile_name(pg_current_wal_lsn()), 8) AS same_timeline
FROM (SELECT system_identifier, timeline FROM feed_era ORDER BY era DESC LIMIT 1) AS newest,
    pg_control_system() AS control
"""
IS_OF_ANOTHER_SERVER = """
SELECT system_identifier <> (SELECT system_identifier FROM pg_control_system())
FROM feed_era
ORDER BY era DESC
LIMIT 1
"""
HELD_BACK = """
SELECT count(*) AS rows, min(received_at) AS oldest
FROM ledger
WHERE position >= feed_position(pg_snapshot_xmin(pg_current_snapshot()))
AND position >> 4 >= feed_position(pg_snapshot_xmin(pg_current_snapshot())) >> 4
AND position > 0
"""


class HeldBack(msgspec.Struct, frozen=True):
    """Committed rows that the feed does not give yet, because a transaction older than theirs still runs."""

    rows: int
    oldest: datetime | None


async def begin_era() -> int:
    """Begin a new era and give its number, inside `as_owner`; a restore does it after the last row is in.

    Waits for those who are writing to the ledger, and they for it.
    """
    era: int = await db.fetch_value(BEGIN_ERA)
    return era


async def ensure_era() -> int | None:
    """Begin a new era if the rows came from another server or this one was set back, inside `as_owner`."""
    row = await db.fetch_row(IS_OF_THIS_SERVER)
    if row is not None and row["same_server"] and row["same_timeline"]:
        return None
    return await begin_era()


async def is_of_another_server() -> bool:
    """Tell whether the rows were restored here and no era was begun since: then nothing may be written yet."""
    return bool(await db.fetch_value(IS_OF_ANOTHER_SERVER))


async def held_back() -> HeldBack:
    """Tell what the feed holds back; `oldest` is when the first of it was received."""
    row = await db.fetch_row(HELD_BACK)
    return HeldBack(row["rows"], row["oldest"]) if row is not None else HeldBack(0, None)
