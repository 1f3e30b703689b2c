"""Where rows stand in the order of commits, which the feed follows: eras of servers, and how far that order is settled.

A row's position is the transaction that wrote it, or the youngest one that had ended by then if that is younger, and
its turn among those. So rows written under the lock of one piece stand in the order in which they were committed, and
no row comes to stand before a transaction that still runs. After a restore into another server transactions are
numbered from the start, so rows written there belong to a new era, behind all that was restored.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from postal import db
from postal.ledger.repository import read_row
from postal.ledger.rules import Row

IN_ORDER = db.load_sql(__package__, "in_order.sql")
PLACE_OF = "SELECT position, COALESCE(turn, 0) AS turn FROM ledger WHERE id = $1"
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


SETTLED = "SELECT feed_position(pg_snapshot_xmin(pg_current_snapshot()))"


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a row stands; `part` is the content hash for a content of a disputed id, else empty."""

    position: int = 0
    turn: int = 0
    id: UUID = UUID(int=0)
    part: bytes = b""


class Placed(msgspec.Struct, frozen=True):
    """A row and where it stands."""

    place: Place
    row: Row

    @property
    def disputed(self) -> bool:
        """Tell whether this is a content of a disputed id, kept beside the first one."""
        return bool(self.place.part)


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


async def rows_behind(place: Place, most: int) -> list[Placed]:
    """List the rows that stand behind a place, each once, up to where nothing can come in any more."""
    rows = await db.fetch(IN_ORDER, place.position, place.turn, place.id, place.part, most)
    return [
        Placed(
            Place(row["position"], row["turn"], row["id"], row["part"]),
            read_row(row, disputed=bool(row["part"])),
        )
        for row in rows
    ]


async def settled() -> Place:
    """Give the place behind which nothing stands yet: all before it is known, and what comes in comes after."""
    position: int = await db.fetch_value(SETTLED)
    return Place(position - 1, 2**62, UUID(int=2**128 - 1), b"\xff" * 32)


async def place_of(row_id: UUID) -> Place | None:
    """Tell where a row stands."""
    row = await db.fetch_row(PLACE_OF, row_id)
    return Place(row["position"], row["turn"], row_id) if row is not None else None


async def held_back() -> HeldBack:
    """Tell what the feed holds back; `oldest` is when the first of it was received."""
    row = await db.fetch_row(HELD_BACK)
    return HeldBack(row["rows"], row["oldest"]) if row is not None else HeldBack(0, None)
