"""Every SQL statement of receipts. Promises are kept as they were signed; what they speak of is in the ledger."""

from typing import Any
from uuid import UUID

from manifests.receipts.rules import Receipt
from manifests.reconciliation.repository import scanned_under
from postal.db import execute, fetch_row
from postal.identity.rules import Actor
from postal.ledger.repository import find_rows, rows_of
from postal.ledger.rules import Row
from postal.proof.repository import cut

ADD = """
INSERT INTO receipt (number, manifest, record_id, made_at, promise, leaves) VALUES ($1, $2, $3, $4, $5, $6)
"""
FIND = """
SELECT receipt.number, manifest, record_id, promise, leaves
FROM receipt
JOIN manifest ON manifest.code = receipt.manifest
WHERE receipt.number = $1
AND ($2 OR giver = ANY ($3::text[]) OR receiver = ANY ($3::text[]) OR carrier = ANY ($3::text[]))
"""
NEWEST = """
SELECT number, manifest, record_id, promise, leaves
FROM receipt
WHERE manifest = $1
ORDER BY made_at DESC, number DESC
LIMIT 1
"""


async def rows_under(manifest: str) -> list[tuple[Row, bool]]:
    """Read the rows of a manifest and of all that was scanned under it, and whether each is one of several contents."""
    found = await rows_of({manifest, *await scanned_under(manifest)})
    rows = [(row, False) for each in found.values() for row in each.rows]
    return rows + [
        (row, True) for each in found.values() for contents in each.disputed.values() for row in contents
    ]


async def add(receipt: Receipt) -> None:
    """Keep a promise that was given."""
    await execute(
        ADD,
        receipt.number,
        receipt.manifest,
        receipt.record.content.id,
        receipt.record.received_at,
        receipt.promise,
        b"".join(receipt.leaves),
    )


async def find(number: str, actor: Actor | None) -> Receipt | None:
    """Find a receipt by its number, for a party of its manifest; without an actor for whoever holds its promise."""
    everything = actor is None or actor.reads_everything
    sees = sorted(actor.sees) if actor is not None else []
    return await _receipt(await fetch_row(FIND, number, everything, sees))


async def newest_of(manifest: str) -> Receipt | None:
    """Find the last receipt of a manifest."""
    return await _receipt(await fetch_row(NEWEST, manifest))


async def _receipt(row: Any) -> Receipt | None:
    if row is None:
        return None
    record_id: UUID = row["record_id"]
    record, _ = (await find_rows([record_id]))[record_id]
    return Receipt(
        number=row["number"],
        manifest=row["manifest"],
        record=record,
        promise=row["promise"],
        leaves=tuple(cut(row["leaves"])),
    )
