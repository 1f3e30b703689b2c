"""Every SQL statement of ratings, and their projector."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet, rows_of
from postal.ledger.rules import Row
from shipments.ratings.rules import GIVEN, Rating, Score, rating_of

PUT = load_sql(__package__, "put.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")
SCORES = load_sql(__package__, "scores.sql")


class By(StrEnum):
    """Whose scores: agencies, desks, post offices that delivered, couriers, officers who completed the case."""

    AGENCY = "agency"
    DESK = "desk"
    OFFICE = "office"
    COURIER = "courier"
    OFFICER = "officer"


class Note(Struct, frozen=True):
    """What somebody wrote with a rating, and the salt of its commitment; both None once erased."""

    note: str | None
    salt: bytes | None


async def project(touched: Touched) -> None:
    """Bring the ratings of these codes up to their rows."""
    if not touched.told:
        return
    sets = await touched.rows(touched.told)
    concerned = {code: rows for code, rows in sets.items() if _concerns(rows)}
    if not concerned:
        return
    found = [rating_of(code, undisputed(rows)) for code, rows in sorted(concerned.items())]
    await execute(PUT, sorted(concerned), msgspec.json.encode([one for one in found if one]).decode())


def undisputed(rows: RowSet) -> list[Row]:
    """Leave out rows of which two contents stand."""
    return [row for row in rows.rows if len(rows.disputed.get(row.content.id, ())) < 2]


async def rows_about(dossier: str) -> list[Row]:
    """Give the rows of a dossier from which its rating follows."""
    return undisputed((await rows_of([dossier]))[dossier])


async def find(dossier: str) -> Rating | None:
    """Find the rating of a dossier, for rules that judge it; what a caller may see is not asked here."""
    row = await fetch_row("SELECT * FROM rating WHERE dossier = $1", dossier)
    return msgspec.convert(dict(row), Rating) if row else None


async def get(dossier: str, actor: Actor) -> Rating:
    """Get the rating of a dossier that the actor sees; absent and invisible are alike."""
    found = await page_of(actor, dossier=dossier, score=None, after=None, limit=1)
    if not found:
        raise NotFound("rating.not_found", vi="Không tìm thấy đánh giá này", en="There is no such rating")
    return found[0]


async def page_of(
    actor: Actor, *, dossier: str | None, score: Score | None, after: tuple[datetime, str] | None, limit: int
) -> list[Rating]:
    """List the ratings that the actor sees, newest first."""
    given_at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF, actor.reads_everything, sorted(actor.sees), dossier, score, given_at, last, limit
    )
    return [msgspec.convert(dict(row), Rating) for row in rows]


async def counts(
    actor: Actor, by: By, begin: datetime | None, end: datetime | None
) -> dict[tuple[str, str | None], dict[Score, int]]:
    """Count the scores of each party that the actor may compare."""
    found: dict[tuple[str, str | None], dict[Score, int]] = {}
    rows = await fetch(SCORES, begin, end, by.value, actor.reads_everything, sorted(actor.sees))
    for row in rows:
        found.setdefault((row["key"], row["organisation"]), {})[Score(row["score"])] = row["n"]
    return found


async def add_note(row: UUID, dossier: str, note: str, salt: bytes, now: datetime) -> None:
    """Keep what was written with a rating, and the salt of the commitment in the ledger."""
    await execute(
        "INSERT INTO rating_note (row_id, dossier, note, salt, created_at) VALUES ($1, $2, $3, $4, $5)",
        row,
        dossier,
        note,
        salt,
        now,
    )


async def notes_of(rows: Sequence[UUID]) -> dict[UUID, Note]:
    """Give the notes of ratings."""
    found = await fetch("SELECT row_id, note, salt FROM rating_note WHERE row_id = ANY ($1::uuid[])", rows)
    return {row["row_id"]: Note(row["note"], row["salt"]) for row in found}


async def notes_about(dossier: str) -> list[dict[str, object]]:
    """List what was written about a dossier."""
    rows = await fetch(
        """
        SELECT row_id AS rating, note, created_at AS at FROM rating_note
        WHERE dossier = $1 AND erased_at IS NULL
        ORDER BY created_at, row_id
        """,
        dossier,
    )
    return [dict(row) for row in rows]


async def erase_notes(dossier: str, now: datetime) -> int:
    """Forget what was written about a dossier, and with the salt what opens the commitment."""
    rows = await fetch(
        """
        UPDATE rating_note SET note = NULL, salt = NULL, erased_at = $2
        WHERE dossier = $1 AND erased_at IS NULL
        RETURNING 1
        """,
        dossier,
        now,
    )
    return len(rows)


def _concerns(rows: RowSet) -> bool:
    return any(row.content.kind == GIVEN for row in rows.rows) or any(
        row.content.kind == GIVEN for each in rows.disputed.values() for row in each
    )
