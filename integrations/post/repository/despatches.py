"""Statements of despatches: what was announced, and each answer."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.post.rules.despatches import Announcement, Answer, AnswerLine, Direction
from postal.db import execute, fetch, fetch_row, fetch_value
from postal.errors import NotFound
from postal.identity.rules import Actor

_COLUMNS = (
    "id, partner, direction, number, giver, receiver, content, announcement, announced_at, answered_at,"
    " final, asked"
)
_LINES = msgspec.json.Decoder(tuple[AnswerLine, ...])


class Despatch(Struct, frozen=True, kw_only=True):
    """A despatch as it was announced; `final` once an answer says that nothing waits for another scan."""

    id: UUID
    partner: str
    direction: Direction
    number: str
    giver: str
    receiver: str
    content: bytes
    announcement: Announcement
    announced_at: datetime
    answered_at: datetime | None
    final: bool
    asked: bool


class SeenDespatch(Struct, frozen=True, kw_only=True):
    """What was announced, what this system finds of it now, what was answered, and where the two sides differ."""

    despatch: Despatch
    found: tuple[AnswerLine, ...]
    answers: tuple[Answer, ...]
    differences: tuple[tuple[str, str, str], ...]


async def add(despatch: Despatch) -> None:
    """Keep an announcement and its pieces; one that was announced before gets the new list."""
    kept = await fetch_value(
        """
        INSERT INTO post_despatch
            (id, partner, direction, number, giver, receiver, content, announcement, announced_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)
        ON CONFLICT (partner, direction, number) DO UPDATE
        SET giver = excluded.giver, receiver = excluded.receiver, content = excluded.content,
            announcement = excluded.announcement
        RETURNING id
        """,
        despatch.id,
        despatch.partner,
        despatch.direction.value,
        despatch.number,
        despatch.giver,
        despatch.receiver,
        despatch.content,
        msgspec.json.encode(despatch.announcement).decode(),
        despatch.announced_at,
    )
    await execute("DELETE FROM post_despatch_piece WHERE despatch = $1", kept)
    await execute(
        "INSERT INTO post_despatch_piece (despatch, piece) SELECT $1, unnest($2::text[])",
        kept,
        sorted(set(despatch.announcement.all_pieces)),
    )


async def find(partner: str, direction: Direction, number: str) -> Despatch | None:
    """Find a despatch by its number."""
    row = await fetch_row(
        f"SELECT {_COLUMNS} FROM post_despatch WHERE partner = $1 AND direction = $2 AND number = $3",  # noqa: S608
        partner,
        direction.value,
        number,
    )
    return _despatch(row) if row else None


async def find_by_id(identifier: UUID) -> Despatch | None:
    """Find a despatch, for what no person asked for."""
    row = await fetch_row(f"SELECT {_COLUMNS} FROM post_despatch WHERE id = $1", identifier)  # noqa: S608
    return _despatch(row) if row else None


async def lock(identifier: UUID) -> Despatch:
    """Hold a despatch until the end of the unit of work, so that its answers are numbered one after the other."""
    row = await fetch_row(f"SELECT {_COLUMNS} FROM post_despatch WHERE id = $1 FOR UPDATE", identifier)  # noqa: S608
    return _despatch(row)


async def get(identifier: UUID, actor: Actor) -> Despatch:
    """Get a despatch for its giver or its receiver; absent and invisible are alike."""
    rows = await fetch(
        f"""
        SELECT {_COLUMNS}
        FROM post_despatch
        WHERE id = $1 AND ($2 OR giver = ANY($3::text[]) OR receiver = ANY($3::text[]))
        """,  # noqa: S608
        identifier,
        actor.reads_everything,
        sorted(actor.sees),
    )
    if not rows:
        raise NotFound(
            "despatch.not_found", vi="Không tìm thấy chuyến báo trước này", en="There is no such despatch"
        )
    return _despatch(rows[0])


async def page_of(
    actor: Actor, *, after: tuple[datetime, UUID] | None, limit: int, number: str | None = None
) -> list[Despatch]:
    """List the despatches of which the actor's organisation is giver or receiver, newest first."""
    at, identifier = after or (None, None)
    rows = await fetch(
        f"""
        SELECT {_COLUMNS}
        FROM post_despatch
        WHERE ($1 OR giver = ANY($2::text[]) OR receiver = ANY($2::text[]))
          AND ($3::timestamptz IS NULL OR (announced_at, id) < ($3, $4::uuid))
          AND ($6::text IS NULL OR number = $6)
        ORDER BY announced_at DESC, id DESC
        LIMIT $5
        """,  # noqa: S608
        actor.reads_everything,
        sorted(actor.sees),
        at,
        identifier,
        limit,
        number,
    )
    return [_despatch(row) for row in rows]


async def count_expected(receivers: Collection[str], most: int) -> int:
    """Count what was announced to these organisations and is not settled, up to a bound."""
    return int(
        await fetch_value(
            """
            SELECT count(*)
            FROM (
                SELECT FROM post_despatch
                WHERE receiver = ANY($1::text[]) AND direction = 'in' AND NOT final
                LIMIT $2
            ) AS found
            """,
            sorted(receivers),
            most,
        )
    )


async def concerned(codes: Collection[str]) -> list[UUID]:
    """Find the despatches announced to us that name a piece or have a number among these codes."""
    rows = await fetch(
        """
        SELECT d.id
        FROM post_despatch AS d
        WHERE d.direction = 'in'
          AND (
            d.number = ANY($1::text[])
            OR d.id IN (SELECT despatch FROM post_despatch_piece WHERE piece = ANY($1::text[]))
          )
        ORDER BY d.id
        """,
        list(codes),
    )
    return [row["id"] for row in rows]


async def overdue(partner: str, before: datetime, limit: int) -> list[UUID]:
    """List what was announced before an instant and never answered, and what its receiver wants answered."""
    rows = await fetch(
        """
        SELECT id
        FROM post_despatch
        WHERE direction = 'in' AND NOT final AND partner = $1
          AND (asked OR (answered_at IS NULL AND announced_at < $2))
        ORDER BY announced_at, id
        LIMIT $3
        """,
        partner,
        before,
        limit,
    )
    return [row["id"] for row in rows]


async def ask(identifier: UUID) -> None:
    """Note that the receiver wants the answer sent as it stands."""
    await execute("UPDATE post_despatch SET asked = true WHERE id = $1", identifier)


async def answers(identifier: UUID, number: str) -> list[Answer]:
    """Give every answer to a despatch, the first one first."""
    rows = await fetch(
        "SELECT number, at, lines FROM post_despatch_answer WHERE despatch = $1 ORDER BY number", identifier
    )
    return [
        Answer(despatch=number, number=row["number"], at=row["at"], lines=_LINES.decode(row["lines"]))
        for row in rows
    ]


async def add_answer(identifier: UUID, answer: Answer, *, final: bool, now: datetime) -> None:
    """Keep an answer."""
    await execute(
        """
        INSERT INTO post_despatch_answer (despatch, number, at, received_at, lines)
        VALUES ($1, $2, $3, $4, $5::jsonb)
        """,
        identifier,
        answer.number,
        answer.at,
        now,
        msgspec.json.encode(answer.lines).decode(),
    )
    await execute(
        "UPDATE post_despatch SET answered_at = $2, final = $3, asked = false WHERE id = $1",
        identifier,
        answer.at,
        final,
    )


def _despatch(row: Any) -> Despatch:
    fields = dict(row)
    fields["announcement"] = msgspec.json.decode(fields["announcement"], type=Announcement)
    fields["direction"] = Direction(fields["direction"])
    return Despatch(**fields)
