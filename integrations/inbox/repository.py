"""Every statement of partners' messages, their bytes, their tries and whose turn it is."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.inbox.rules import Attempt, Kept, Outcome
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql

BEGIN = load_sql(__package__, "begin.sql")
LISTED = load_sql(__package__, "listed.sql")
_COLUMNS = (
    "id, seq, partner, message_id, kind, content_type, headers, sign, size, received_at, keep_until, state, code,"
    " message, results, subjects, tries, unended, due_at, early_until, understood_at, erased_at"
)
_OF_SENDER = f"SELECT {_COLUMNS} FROM inbox_message WHERE partner = $1 AND message_id = $2"  # noqa: S608 - own names
_BY_ID = f"SELECT {_COLUMNS} FROM inbox_message WHERE id = $1"  # noqa: S608 - own names
_ABOUT = f"SELECT {_COLUMNS} FROM inbox_message WHERE subjects @> ARRAY[$1::text] ORDER BY seq"  # noqa: S608 - own names
_ADD = """
INSERT INTO inbox_message (id, partner, message_id, kind, content_type, headers, sign, size, received_at, keep_until,
    state, results, subjects, tries, unended, due_at, early_until)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, 'waiting', '[]', '{}', 0, 0, $9, $11)
ON CONFLICT (partner, message_id) DO NOTHING
RETURNING seq
"""
_TAKE_TURN = """
INSERT INTO inbox_turn (partner, holder, leased_until) VALUES ($1, $2, $4)
ON CONFLICT (partner) DO UPDATE SET holder = $2, leased_until = $4
WHERE inbox_turn.leased_until < $3 OR inbox_turn.holder = $2
RETURNING 1
"""
_DUE_PARTNERS = """
SELECT m.partner FROM inbox_message AS m
JOIN partner AS p ON p.id = m.partner
LEFT JOIN inbox_turn AS t ON t.partner = m.partner
WHERE m.state = 'waiting' AND m.due_at <= $1 AND (t.leased_until IS NULL OR t.leased_until < $2)
GROUP BY m.partner
ORDER BY min(m.seq)
"""
_FINISH = """
UPDATE inbox_message
SET state = $3, code = $4, message = $5, results = $6::jsonb, due_at = $8, unended = 0,
    subjects = ARRAY(SELECT DISTINCT unnest(subjects || $7::text[]) ORDER BY 1),
    understood_at = CASE WHEN $3 = 'waiting' THEN NULL ELSE $9::timestamptz END
WHERE id = $1 AND tries = $2 AND state = 'waiting'
RETURNING 1
"""
_REPLAY = """
UPDATE inbox_message SET state = 'waiting', due_at = $2, unended = 0, early_until = $3
WHERE id = ANY($1::uuid[]) AND state <> 'waiting' AND erased_at IS NULL
RETURNING id
"""


async def add(message: Kept, sealed: bytes) -> bool:
    """Keep a message with its bytes; False where its sender used the id before."""
    row = await fetch_row(
        _ADD,
        message.id,
        message.partner,
        message.message_id,
        message.kind,
        message.content_type,
        msgspec.json.encode(message.headers).decode(),
        message.sign,
        message.size,
        message.received_at,
        message.keep_until,
        message.early_until,
    )
    if row is None:
        return False
    await execute("INSERT INTO inbox_raw (message, sealed) VALUES ($1, $2)", message.id, sealed)
    return True


async def of_sender(partner: UUID, message_id: str) -> Kept | None:
    """Find a message by its sender's own id."""
    row = await fetch_row(_OF_SENDER, partner, message_id)
    return _kept(row) if row else None


async def find(identifier: UUID) -> Kept | None:
    """Find a message by our id."""
    row = await fetch_row(_BY_ID, identifier)
    return _kept(row) if row else None


async def about(code: str) -> list[Kept]:
    """List the messages that were understood to be about a code, as they came."""
    return [_kept(row) for row in await fetch(_ABOUT, code)]


async def untold(after: int, limit: int) -> list[tuple[int, UUID]]:
    """List messages with bytes of which nobody knows whom they are about, as they came."""
    rows = await fetch(
        "SELECT m.seq, m.id FROM inbox_message AS m JOIN inbox_raw AS r ON r.message = m.id"
        " WHERE m.subjects = '{}' AND m.seq > $1 ORDER BY m.seq LIMIT $2",
        after,
        limit,
    )
    return [(row["seq"], row["id"]) for row in rows]


async def raw(identifier: UUID) -> bytes | None:
    """Give the sealed bytes of a message, None once they are erased."""
    found: bytes | None = await fetch_value("SELECT sealed FROM inbox_raw WHERE message = $1", identifier)
    return found


async def erase(identifiers: Collection[UUID], now: datetime) -> int:
    """Forget the bytes of messages and what was said of their rows; gives how many were there."""
    given = list(identifiers)
    gone = await fetch("DELETE FROM inbox_raw WHERE message = ANY($1::uuid[]) RETURNING 1", given)
    await execute(
        "UPDATE inbox_message SET erased_at = $2, headers = '{}', results = '[]', message = NULL, due_at = NULL,"
        " state = CASE state WHEN 'waiting' THEN 'failed' ELSE state END,"
        " code = CASE state WHEN 'waiting' THEN 'inbox.erased' ELSE code END"
        " WHERE id = ANY($1::uuid[]) AND erased_at IS NULL",
        given,
        now,
    )
    return len(gone)


async def outlived(now: datetime, limit: int) -> list[UUID]:
    """List messages whose bytes were kept long enough."""
    rows = await fetch(
        "SELECT id FROM inbox_message WHERE erased_at IS NULL AND keep_until < $1 ORDER BY keep_until LIMIT $2",
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def due_partners(now: datetime, machine: datetime) -> list[UUID]:
    """List partners with messages that are due and that nobody understands just now, who waits longest first."""
    return [row["partner"] for row in await fetch(_DUE_PARTNERS, now, machine)]


async def take_turn(partner: UUID, holder: UUID, machine: datetime, until: datetime) -> bool:
    """Take, or keep, the turn of understanding a partner's messages; False while another has it."""
    return bool(await fetch(_TAKE_TURN, partner, holder, machine, until))


async def give_turn_back(partner: UUID, holder: UUID) -> None:
    """Let anybody have the turn."""
    await execute(
        "UPDATE inbox_turn SET leased_until = '-infinity' WHERE partner = $1 AND holder = $2", partner, holder
    )


async def begin(partner: UUID, now: datetime) -> Kept | None:
    """Begin the next try: of the message that came first among those that are due; None where none is."""
    row = await fetch_row(BEGIN, partner, now)
    return _kept(row) if row else None


async def finish(message: UUID, number: int, outcome: Outcome, now: datetime) -> bool:
    """Note what a try left; False where a later one has begun meanwhile, which counts."""
    await execute(
        "UPDATE inbox_try SET ended_at = $3, state = $4, code = $5 WHERE message = $1 AND number = $2",
        message,
        number,
        now,
        outcome.state,
        outcome.code,
    )
    return bool(
        await fetch(
            _FINISH,
            message,
            number,
            outcome.state,
            outcome.code,
            outcome.message,
            msgspec.json.encode(outcome.results).decode(),
            list(outcome.subjects),
            outcome.due_at,
            now,
        )
    )


async def wake(partner: UUID, subjects: Collection[str], now: datetime) -> None:
    """Let messages that came too early about some subjects be tried at once."""
    await execute(
        "UPDATE inbox_message SET due_at = $3 WHERE partner = $1 AND state = 'waiting' AND due_at > $3"
        " AND subjects && $2::text[]",
        partner,
        list(subjects),
        now,
    )


async def replay(identifiers: Collection[UUID], now: datetime, early_until: datetime) -> list[UUID]:
    """Make messages due again that are not; gives which."""
    return [row["id"] for row in await fetch(_REPLAY, list(identifiers), now, early_until)]


async def tries_of(identifier: UUID) -> list[Attempt]:
    """List the tries of a message, the first one first."""
    rows = await fetch(
        "SELECT number, began_at, ended_at, state, code FROM inbox_try WHERE message = $1 ORDER BY number",
        identifier,
    )
    return [Attempt(**{name: row[name] for name in Attempt.__struct_fields__}) for row in rows]


async def listed(
    scope: Collection[str] | None,
    *,
    partner: str | None = None,
    state: str | None = None,
    before: int | None = None,
    first: datetime | None = None,
    last: datetime | None = None,
    limit: int = 50,
) -> list[tuple[str, Kept]]:
    """List messages with their partners' codes, newest first: of some organisations or of all, received in a time."""
    rows = await fetch(
        LISTED, None if scope is None else sorted(scope), partner, state, before, first, last, limit
    )
    return [(row["partner_code"], _kept(row)) for row in rows]


def _kept(row: Any) -> Kept:
    values = {name: row[name] for name in Kept.__struct_fields__}
    return Kept(
        **{
            **values,
            "headers": msgspec.json.decode(values["headers"]),
            "results": msgspec.json.decode(values["results"]),
            "subjects": tuple(values["subjects"]),
        }
    )
