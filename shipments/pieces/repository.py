"""Statements of pieces."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from postal.db import execute, fetch, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.pieces.rules import Piece

FIND_VISIBLE = load_sql(__package__, "find_visible.sql")
PROJECT = load_sql(__package__, "project.sql")
LOCK_COUNTER = load_sql(__package__, "lock_counter.sql")

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


async def lock_counter(prefix: str, office: str, day: date) -> tuple[int, frozenset[int]]:
    """Hold an office's day and a prefix until the end of the unit of work; give the counter, and what was given out.

    The day is held first and by everybody, so that two prefixes do not choose next to each other unseen.
    """
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"serials {office} {day}")
    row = (await fetch(LOCK_COUNTER, prefix))[0]
    given = await fetch("SELECT serial FROM serial_given WHERE office = $1 AND day = $2", office, day)
    return row["next_counter"], frozenset(each["serial"] for each in given)


async def give_out(prefix: str, serials: Sequence[int], next_counter: int, office: str, day: date) -> None:
    """Note serials as given out and move the counter on."""
    await execute("UPDATE serial_counter SET next_counter = $2 WHERE prefix = $1", prefix, next_counter)
    await execute(
        "INSERT INTO serial_given (prefix, serial, office, day) SELECT $1, unnest($2::integer[]), $3, $4",
        prefix,
        list(serials),
        office,
        day,
    )


def _piece(row: Any) -> Piece:
    return msgspec.convert(dict(row), Piece)
