"""What may be told of a row of the ledger: what its piece's history shows to the same parties, no more.

Staff codes, devices and commitments stay behind, so an event can never tell them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.ledger.rules import Row, Stream

DISPUTED = "disputed"
_TEXTS = ("place", "manifest", "container", "counterparty", "condition", "reason", "corrects", "keep")
_PARTIES = ("giver", "receiver", "carrier")


class Said(Struct, frozen=True, kw_only=True):
    """One row as others may know it. `counted` and `seal` are as the scan said them; `lines` are a manifest's."""

    id: UUID
    content_hash: str
    stream: Stream
    kind: str
    code: str
    occurred_at: datetime
    corrected_at: datetime
    received_at: datetime
    uncertainty_ms: int = 0
    organisation: str | None = None
    verdict: str = "accepted"
    place: str | None = None
    manifest: str | None = None
    container: str | None = None
    counterparty: str | None = None
    condition: str | None = None
    reason: str | None = None
    corrects: str | None = None
    keep: str | None = None
    counted: tuple[tuple[str, int], ...] = ()
    seal: tuple[tuple[str, str], ...] = ()
    giver: str | None = None
    receiver: str | None = None
    carrier: str | None = None
    lines: tuple[str, ...] = ()


def said_of(row: Row) -> Said:
    """Keep of a row what may be told."""
    content, body = row.content, row.content.body
    told = {
        name: value for name in (*_TEXTS, *_PARTIES) if isinstance(value := body.get(name), str) and value
    }
    return Said(
        id=content.id,
        content_hash=row.content_hash.hex(),
        stream=content.stream,
        kind=content.kind,
        code=content.code,
        occurred_at=content.occurred_at.astimezone(UTC),
        corrected_at=row.corrected_at.astimezone(UTC),
        received_at=row.received_at.astimezone(UTC),
        uncertainty_ms=row.uncertainty_ms,
        organisation=content.organisation,
        verdict=row.verdict,
        counted=_pairs(body, "counted", int),
        seal=_pairs(body, "seal", str),
        lines=_codes(body),
        **told,
    )


def _codes(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the lines of a manifest; of a dossier that was registered the row tells only how many there are."""
    lines = body.get("lines")
    if not isinstance(lines, list | tuple | Mapping):
        return ()
    return tuple(line for line in lines if isinstance(line, str))


def _pairs(body: Mapping[str, Any], name: str, of: type) -> tuple[tuple[str, Any], ...]:
    found = body.get(name)
    if not isinstance(found, Mapping):
        return ()
    return tuple(sorted((key, value) for key, value in found.items() if isinstance(value, of)))
