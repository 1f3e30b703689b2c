"""Statements of event messages: what a partner told, our own numbering, and the dated table of reasons."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.post.rules.events import Reason
from postal.db import execute, fetch, fetch_value


class KeptEvent(Struct, frozen=True, kw_only=True):
    """An event as a partner told it, and what became of it."""

    partner: str
    journal: str
    sequence: int
    digest: bytes
    scan: UUID | None
    outcome: str
    code: str
    event: str
    received_at: datetime


async def told_before(partner: str, journal: str, sequences: Collection[int]) -> dict[int, KeptEvent]:
    """Find the events of a partner's journal by their numbers."""
    rows = await fetch(
        "SELECT * FROM post_event WHERE partner = $1 AND journal = $2 AND sequence = ANY($3::bigint[])",
        partner,
        journal,
        list(sequences),
    )
    return {row["sequence"]: msgspec.convert(dict(row), KeptEvent) for row in rows}


async def keep(events: Sequence[KeptEvent]) -> None:
    """Keep events; one that is a scan stays what it was."""
    for event in events:
        await execute(
            """
            INSERT INTO post_event
                (partner, journal, sequence, digest, scan, outcome, code, event, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)
            ON CONFLICT (partner, journal, sequence) DO UPDATE
            SET scan = excluded.scan, outcome = excluded.outcome, code = excluded.code
            WHERE post_event.outcome <> 'scanned' AND post_event.digest = excluded.digest
            """,
            event.partner,
            event.journal,
            event.sequence,
            event.digest,
            event.scan,
            event.outcome,
            event.code,
            event.event,
            event.received_at,
        )


async def take_numbers(partner: str, journal: str, count: int) -> tuple[str, int]:
    """Take the next numbers of what a partner is told; gives the journal and the first of them."""
    last = await fetch_value(
        """
        INSERT INTO post_journal (partner, journal, last)
        VALUES ($1, $2, $3)
        ON CONFLICT (partner) DO UPDATE SET last = post_journal.last + excluded.last
        RETURNING last
        """,
        partner,
        journal,
        count,
    )
    kept = await fetch_value("SELECT journal FROM post_journal WHERE partner = $1", partner)
    return kept, last - count + 1


async def reasons_on(day: date) -> dict[str, Reason]:
    """Give the table of reasons in force on a day, by number."""
    rows = await fetch(
        """
        SELECT number, reason, action, name_vi, name_en, valid_from, valid_to, status
        FROM post_reason
        WHERE valid_from <= $1 AND (valid_to IS NULL OR $1 < valid_to)
        ORDER BY number
        """,
        day,
    )
    return {row["number"]: msgspec.convert(dict(row), Reason) for row in rows}
