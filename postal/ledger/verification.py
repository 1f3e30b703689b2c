"""Whether every row still says what its hash was made of, and is found by all that it speaks of."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from postal import db
from postal.ledger.repository import find_rows
from postal.ledger.rules import Content, content_hash

# A row whose month is not noted, or that is not linked to what it names, no fold would ever see.
IDS_AFTER = """
SELECT
    id,
    NOT EXISTS (
        SELECT
        FROM ledger_month
        WHERE ledger_month.code = ledger.code AND ledger_month.month = ledger_month_of(ledger.id)
    )
    OR EXISTS (
        SELECT
        FROM unnest(ledger.subjects) AS named
        WHERE NOT EXISTS (
            SELECT FROM ledger_subject WHERE ledger_subject.subject = named AND ledger_subject.code = ledger.code
        )
    ) AS unreachable
FROM ledger
WHERE id > $1
ORDER BY id
LIMIT $2
"""
DISPUTES_AFTER = """
SELECT id, content_hash, content
FROM ledger_dispute
WHERE (id, content_hash) > ($1, $2)
ORDER BY id, content_hash
LIMIT $3
"""
COUNT = "SELECT count(*) FROM ledger"
CHUNK = 1000
NIL = UUID(int=0)


class Verification(msgspec.Struct, frozen=True):
    """What was read, the ids of rows whose content does not match its hash, and of those that no look-up finds."""

    rows: int
    disputes: int
    mismatched: tuple[UUID, ...]
    unreachable: tuple[UUID, ...] = ()

    @property
    def is_well(self) -> bool:
        """Tell whether nothing was wrong."""
        return not self.mismatched and not self.unreachable


async def verify(progress: Callable[[int, int], None] = lambda _done, _total: None) -> Verification:
    """Read the whole ledger and compute every content hash anew."""
    total = await db.fetch_value(COUNT)
    rows, wrong, unreachable, last = 0, list[UUID](), list[UUID](), NIL
    while listed := await db.fetch(IDS_AFTER, last, CHUNK):
        ids = [row["id"] for row in listed]
        unreachable += [row["id"] for row in listed if row["unreachable"]]
        found = await find_rows(ids)
        wrong += [each for each in ids if content_hash(found[each][0].content) != found[each][0].content_hash]
        rows, last = rows + len(ids), ids[-1]
        progress(rows, total)
    disputes, wrong_disputes = await _verify_disputes()
    return Verification(rows, disputes, tuple(wrong + wrong_disputes), tuple(unreachable))


async def _verify_disputes() -> tuple[int, list[UUID]]:
    count, wrong, last = 0, [], (NIL, b"")
    while found := await db.fetch(DISPUTES_AFTER, *last, CHUNK):
        for row in found:
            content = msgspec.json.decode(row["content"], type=Content)
            if content.id != row["id"] or content_hash(content) != row["content_hash"]:
                wrong.append(row["id"])
        count, last = count + len(found), (found[-1]["id"], found[-1]["content_hash"])
    return count, wrong
