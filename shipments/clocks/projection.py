"""Keep both dates of every deadline that a decision on a calendar moved: folded from the records that say so."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from postal.ledger.projections import Touched
from postal.ledger.rules import Row, Stream
from shipments.clocks import repository
from shipments.clocks.repository import DeadlineMove
from shipments.dossiers.projection import undisputed
from shipments.pieces.rules import RESULT_SUFFIX

RECOMPUTED = "clock.recomputed"


async def project(touched: Touched) -> None:
    """Bring the moved deadlines of the dossiers among these codes up to their records."""
    candidates = [code for code in touched.told if not code.endswith(RESULT_SUFFIX)]
    if not candidates:
        return
    sets = await touched.rows(candidates)
    concerned = sorted(code for code in candidates if any(_is_ours(row, code) for row in sets[code].rows))
    if concerned:
        moves = [move for code in concerned for move in moves_of(code, undisputed(sets[code]))]
        await repository.put_moves(concerned, moves)


def moves_of(code: str, rows: Iterable[Row]) -> Iterator[DeadlineMove]:
    """Fold the records of a dossier: of two about one clock and decision the earlier one holds."""
    seen = set()
    for row in sorted(rows, key=lambda row: (row.corrected_at, row.content.id)):
        if not _is_ours(row, code):
            continue
        body = row.content.body
        for clock in body["clocks"]:
            key = (body["decision"], clock["clock"], clock["ordinal"])
            if key in seen:
                continue
            seen.add(key)
            yield DeadlineMove(
                dossier=code,
                decision=UUID(body["decision"]),
                number=body["number"],
                clock=clock["clock"],
                ordinal=clock["ordinal"],
                calendar=body["calendar"],
                version=clock["version"],
                due_before=datetime.fromisoformat(clock["before"]),
                due_after=datetime.fromisoformat(clock["after"]),
                holder=clock["holder"],
                moved_at=row.content.occurred_at,
                record=row.content.id,
            )


def _is_ours(row: Row, code: str) -> bool:
    content = row.content
    return content.stream is Stream.RECORD and content.kind == RECOMPUTED and content.code == code
