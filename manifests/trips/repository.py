"""Every SQL statement of trips: the copy of the ledger's rows, and reads by the parties."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from manifests.trips.rules import PREFIX, Trip, trip_of
from postal.db import execute, fetch
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched

_TRIP = msgspec.json.Decoder(Trip)


async def project(touched: Touched) -> None:
    """Bring trips up to the ledger rows of these codes."""
    codes = [code for code in touched.codes if code.startswith(PREFIX)]
    if not codes:
        return
    found = {
        code: trip_of(code, rows.rows, rows.disputed) for code, rows in (await touched.rows(codes)).items()
    }
    trips = sorted((trip for trip in found.values() if trip is not None), key=lambda trip: trip.code)
    await execute("DELETE FROM trip WHERE code = ANY($1::text[])", codes)
    await execute(
        """
        INSERT INTO trip (code, opened_at, parties, body)
        SELECT code, opened_at, string_to_array(parties, ' '), body::jsonb
        FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[]) AS t (code, opened_at, parties, body)
        """,
        [trip.code for trip in trips],
        [trip.opened_at for trip in trips],
        [" ".join(sorted(trip.parties)) for trip in trips],
        [msgspec.json.encode(trip).decode() for trip in trips],
    )


async def get(code: str, actor: Actor) -> Trip:
    """Get a trip that the actor is a party of; absent and invisible are alike."""
    rows = await fetch(
        "SELECT body FROM trip WHERE code = $1 AND ($2 OR parties && $3::text[])",
        code,
        actor.reads_everything,
        sorted(actor.sees),
    )
    if not rows:
        raise NotFound("trip.not_found", vi="Không tìm thấy chuyến thư này.", en="There is no such trip.")
    return _TRIP.decode(rows[0]["body"])


async def page_of(actor: Actor, *, after: tuple[datetime, str] | None, limit: int) -> list[Trip]:
    """List the trips that the actor is a party of, newest first."""
    opened_at, code = after or (None, None)
    rows = await fetch(
        """
        SELECT body
        FROM trip
        WHERE ($1 OR parties && $2::text[])
        AND ($3::timestamptz IS NULL OR (opened_at, code) < ($3, $4::text))
        ORDER BY opened_at DESC, code DESC
        LIMIT $5
        """,
        actor.reads_everything,
        sorted(actor.sees),
        opened_at,
        code,
        limit,
    )
    return [_TRIP.decode(row["body"]) for row in rows]


async def codes_of_day(prefix: str) -> Collection[str]:
    """List the codes that share the day's prefix."""
    # No code has a byte above ~, as with manifests.
    rows = await fetch(
        "SELECT code FROM trip WHERE code ~>=~ $1::text AND code ~<~ ($1::text || '~')", prefix
    )
    return {row["code"] for row in rows}
