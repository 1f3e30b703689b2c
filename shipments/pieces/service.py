"""Registering pieces, and choosing their codes."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import repeat
from uuid import UUID

from postal.errors import Unavailable
from postal.law import repository as law
from postal.ledger import service as ledger
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row, Stream
from postal.network.rules import local_day
from shipments.pieces import repository
from shipments.pieces.rules import (
    SERIALS,
    Piece,
    Registration,
    Written,
    allot,
    body_of,
    hold_patterns,
    piece_of,
)
from shipments.pieces.rules.piece import REGISTERED
from shipments.pieces.rules.serials import counters_of, neighbours, skipped_turns, turns_of


async def load_patterns() -> None:
    """Read how dossier codes are written, for this process; each does so when it starts and every half minute."""
    hold_patterns(
        [
            Written(re.compile(each.pattern), each.valid_from, each.valid_to)
            for each in await law.all_patterns()
        ]
    )


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

    Within a unit of work. Nobody waits for its end: others choose from other lanes, and not next to these.
    """
    day: date = local_day(now)
    chosen: list[int] = []
    while len(chosen) < count:
        lane = await repository.take_lane(prefix, office, turns_of(size), skipped_turns(size))
        if lane is None:
            raise Unavailable(
                "piece.serials_exhausted",
                vi="Đã hết số hiệu của tiền tố này",
                en="All serials of this prefix are given out",
                prefix=prefix,
            )
        number, turn = lane
        wanted = allot(key, prefix, counters_of(number, turn, size), count - len(chosen), chosen, size)
        held = await repository.hold(wanted.serials, office, day)
        near = await repository.given_among(frozenset[int]().union(*map(neighbours, held)), office, day)
        fresh = [serial for serial in held if near.isdisjoint(neighbours(serial))]
        chosen += await repository.give_out(prefix, number, wanted.used, fresh, office, day)
    return tuple(chosen)


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
