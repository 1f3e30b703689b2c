"""Statements of pieces."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.pieces.rules import Piece
from shipments.pieces.rules.serials import LANES

FIND_VISIBLE = load_sql(__package__, "find_visible.sql")
PROJECT = load_sql(__package__, "project.sql")
TAKE_LANE = load_sql(__package__, "take_lane.sql")
WAIT_FOR_LANE = load_sql(__package__, "wait_for_lane.sql")
HOLD_LINES = load_sql(__package__, "hold_lines.sql")
GIVE_OUT = load_sql(__package__, "give_out.sql")

_PIECE = (
    "code, kind, registered_at, registered_by, origin, destination, authority, direction, dossiers, service"
)


async def find_many(codes: Collection[str]) -> dict[str, Piece]:
    """Find pieces by code, for rules that judge them; what a caller may see is not asked here."""
    rows = await fetch(f"SELECT {_PIECE} FROM piece WHERE code = ANY($1::text[])", list(codes))  # noqa: S608
    return {row["code"]: _piece(row) for row in rows}


async def get(code: str, actor: Actor) -> Piece:
    """Get a piece that the actor may see; absent and invisible are alike."""
    rows = await fetch(FIND_VISIBLE, code, actor.reads_everything, list(actor.sees))
    if not rows:
        raise NotFound("piece.not_found", vi="Không tìm thấy mã này", en="There is no such code")
    return _piece(rows[0])


async def put(pieces: Sequence[Piece]) -> None:
    """Make the projection hold exactly these pieces under their codes."""
    if pieces:
        await execute(PROJECT, msgspec.json.encode(pieces).decode())


async def drop(codes: Collection[str]) -> None:
    """Take out what is no piece."""
    if codes:
        await execute("DELETE FROM piece WHERE code = ANY($1::text[])", list(codes))


async def take_lane(prefix: str, office: str, turns: int, skipped: int) -> tuple[int, int] | None:
    """Hold a lane of a prefix until the end of the unit of work, and give it with its turn; None when all are used up.

    Only when all lanes are held does it wait for one.
    """
    asked = (prefix, office, LANES, turns, skipped)
    row = await fetch_row(TAKE_LANE, *asked)
    while row is None and await fetch(WAIT_FOR_LANE, prefix, LANES, turns):
        row = await fetch_row(TAKE_LANE, *asked)
    return None if row is None else (row["lane"], row["turn"])


async def hold(serials: Sequence[int], office: str, day: date) -> list[int]:
    """Give those serials next to which no other unit of work chooses for this office and day until this one ends."""
    return [row["serial"] for row in await fetch(HOLD_LINES, list(serials), office, day)]


async def given_among(serials: Collection[int], office: str, day: date) -> frozenset[int]:
    """Find which of these an office gave out on a day, with any prefix."""
    rows = await fetch(
        "SELECT serial FROM serial_given WHERE office = $1 AND day = $2 AND serial = ANY($3::integer[])",
        office,
        day,
        list(serials),
    )
    return frozenset(row["serial"] for row in rows)


async def give_out(
    prefix: str, lane: int, used: int, serials: Sequence[int], office: str, day: date
) -> list[int]:
    """Move a lane on and note serials as given out; gives those that never were before."""
    rows = await fetch(GIVE_OUT, prefix, lane, used, list(serials), office, day)
    return [row["serial"] for row in rows]


def _piece(row: Any) -> Piece:
    return msgspec.convert(dict(row), Piece)
