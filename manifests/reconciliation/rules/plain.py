"""Lines about which nothing odd was said: their verdict from what the database has summed up of their rows.

Nearly all lines of nearly all manifests are of this kind: each side sighted the piece or did not. For them the verdict
needs no rows, and it is the same as the rule over all rows would give; a property holds the two together.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from manifests.reconciliation.rules.verdicts import Frame, Verdict, barcode_verdict, unseen_verdict
from manifests.reconciliation.rules.words import SIGHTING, LineClass
from postal.ledger.rules import Row


class PlainLine(Struct, frozen=True, kw_only=True):
    """What a plain line comes to: the rows of either side, and the first that showed the piece in its hands.

    First is what was received first. `given_by` and `taken_by` are sightings; the arrivals are the receiver's answers.
    """

    piece: str
    n: int
    given: tuple[UUID, ...] = ()
    taken: tuple[UUID, ...] = ()
    given_by: UUID | None = None
    taken_by: UUID | None = None
    first_arrival: datetime | None = None
    last_arrival: datetime | None = None
    carriers: tuple[str, ...] = ()


class Whole(Struct, frozen=True):
    """What was said of a manifest as a whole by its barcode: the rows, where they leave it, and which one did."""

    ids: tuple[UUID, ...] = ()
    decision: str | None = None
    decided_by: UUID | None = None


def whole_of(rows: Sequence[Row]) -> Whole:
    """Sum up the receiver's scans of the manifest's barcode."""
    received = sorted(rows, key=lambda row: (row.received_at, row.content.id))
    decision = _last_word(received)
    decided_by = next(
        (
            received[count].content.id
            for count in range(len(received) - 1, -1, -1)
            if _last_word(received[:count]) != decision
        ),
        None,
    )
    return Whole(tuple(sorted(row.content.id for row in rows)), decision, decided_by)


def plain_verdict(frame: Frame, whole: Whole, line: PlainLine) -> tuple[Verdict, UUID | None]:
    """Judge a plain line; gives the row that made the verdict as well, if one did."""
    if line.taken_by is not None:
        return Verdict(line_class=LineClass.MATCHED, answers=frame.handover.receiver), line.taken_by
    if whole.decision is not None:
        return barcode_verdict(frame.handover, whole.decision), whole.decided_by
    verdict = unseen_verdict(frame, line.piece, given=line.given_by is not None)
    return verdict, line.given_by if verdict.reason == "unseen" and not verdict.names_devices else None


def _last_word(rows: Sequence[Row]) -> str | None:
    if not rows:
        return None
    last = max(rows, key=lambda row: (row.corrected_at, row.content.id))
    return "seen" if last.content.kind in SIGHTING else "refused"
