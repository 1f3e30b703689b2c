"""Registering pieces, and choosing their codes."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import repeat
from uuid import UUID

from postal.errors import Unavailable
from postal.ledger import service as ledger
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row, Stream
from postal.network.rules import local_day
from shipments.pieces import repository
from shipments.pieces.rules import SERIALS, Piece, Registration, allot, body_of, piece_of
from shipments.pieces.rules.piece import REGISTERED
from shipments.pieces.rules.serials import SerialsExhaustedError


def register_pieces(
    registrations: Sequence[Registration],
    *,
    now: datetime,
    actor_organisation: str | None,
    person: str | None = None,
    occurred_at: datetime | None = None,
    source: str | None = None,
    ids: Sequence[UUID] | None = None,
) -> list[Row]:
    """Build the ledger rows that register pieces; the caller records them in its unit of work.

    Imports state ids, so that doing them again changes nothing.
    """
    return [
        ledger.authored(
            id=row_id,
            stream=Stream.RECORD,
            kind=REGISTERED,
            code=registration.code,
            occurred_at=occurred_at or now,
            now=now,
            actor_organisation=actor_organisation,
            person=person,
            body=body_of(registration),
            source=source,
        )
        for registration, row_id in zip(registrations, ids or repeat(None), strict=False)
    ]


async def allocate(
    prefix: str, office: str, now: datetime, count: int, key: bytes, size: int = SERIALS
) -> tuple[int, ...]:
    """Choose fresh serials for codes of a prefix, given out by an office on the local day of `now`.

    Within a unit of work; holds the prefix until its end, so make it the last thing before the rows are recorded.
    """
    day: date = local_day(now)
    counter, given = await repository.lock_counter(prefix, office, day)
    try:
        allotment = allot(key, prefix, counter, count, given, size)
    except SerialsExhaustedError as error:
        raise Unavailable(
            "piece.serials_exhausted",
            vi="Đã hết số hiệu của tiền tố này",
            en="All serials of this prefix are given out",
            prefix=prefix,
        ) from error
    await repository.give_out(prefix, allotment.serials, allotment.next_counter, office, day)
    return allotment.serials


async def project(touched: Touched) -> None:
    """Bring the projection of these codes up to their ledger rows; scans say nothing about what a piece is."""
    if not touched.told:
        return
    found = {code: registered_piece(code, rows) for code, rows in (await touched.rows(touched.told)).items()}
    await repository.put([piece for piece in found.values() if piece])
    await repository.drop([code for code, piece in found.items() if piece is None])


def registered_piece(code: str, rows: RowSet) -> Piece | None:
    """Read a piece from the rows of its code; what is disputed does not count."""
    if not rows.disputed:
        return piece_of(code, rows.rows)
    return piece_of(code, [row for row in rows.rows if len(rows.disputed.get(row.content.id, ())) < 2])
