"""The table of answers kept for repeated requests."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from postal.db import execute, fetch, fetch_row, fetch_value

_CLAIM = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7))"
_WAIT = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))"
_FIND = """
SELECT fingerprint, status, headers, body, created_at
FROM idempotency_key
WHERE actor = $1 AND key = $2
"""
_FORGET = "DELETE FROM idempotency_key WHERE actor = $1 AND key = $2"
_KEEP = """
INSERT INTO idempotency_key (actor, key, fingerprint, status, headers, body, created_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)
"""
_BLANK = """
UPDATE idempotency_key SET status = 410, headers = '[]', body = '', fingerprint = ''
WHERE fingerprint <> '' AND EXISTS (
    SELECT FROM unnest($1::text[]) AS code WHERE position(convert_to(code, 'UTF8') IN body) > 0
)
RETURNING 1
"""
_PURGE = "DELETE FROM idempotency_key WHERE created_at < $1"


class StoredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A complete answer, and the fingerprint of the request that it answered."""

    fingerprint: bytes
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    created_at: datetime


async def claim(actor: str, key: str) -> bool:
    """Take the key for this transaction; False while another one has it."""
    return bool(await fetch_value(_CLAIM, f"{actor}\x1f{key}"))


async def wait(actor: str, key: str) -> None:
    """Take the key for this transaction, after whoever has it now."""
    await execute(_WAIT, f"{actor}\x1f{key}")


async def find(actor: str, key: str) -> StoredAnswer | None:
    """Give the answer kept under a key."""
    row = await fetch_row(_FIND, actor, key)
    if row is None:
        return None
    return StoredAnswer(
        fingerprint=row["fingerprint"],
        status=row["status"],
        headers=msgspec.json.decode(row["headers"], type=list[tuple[str, str]]),
        body=row["body"],
        created_at=row["created_at"],
    )


async def forget(actor: str, key: str) -> None:
    """Drop the answer kept under a key."""
    await execute(_FORGET, actor, key)


async def keep(actor: str, key: str, answer: StoredAnswer) -> None:
    """Keep an answer under a key."""
    headers = msgspec.json.encode(answer.headers).decode()
    await execute(
        _KEEP, actor, key, answer.fingerprint, answer.status, headers, answer.body, answer.created_at
    )


async def blank(codes: Sequence[str]) -> int:
    """Empty every answer that names one of these codes, since it may say who somebody is; gives how many did.

    The keys stay taken, so that a repeated request has no second effect.
    """
    return len(await fetch(_BLANK, list(codes)))


async def purge(before: datetime) -> None:
    """Drop every answer older than `before`; called by the daily retention."""
    await execute(_PURGE, before)
