"""Rows and handovers for tests of manifests: short to write, complete as the ledger keeps them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from manifests.reconciliation.rules import Handover, Line
from postal.ledger.rules import Content, Row, Stream, content_hash

SEALED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GIVER, RECEIVER, STRANGER = "BC-10", "MC-20", "MC-99"
MANIFEST = "BK-261123-ABCDEF"


def at(minutes: float) -> datetime:
    """Give an instant so many minutes after the sealing."""
    return SEALED + timedelta(minutes=minutes)


def row_id(number: int) -> UUID:
    """Give the id of a numbered row."""
    return UUID(int=(0x19A0000 << 80) | (7 << 76) | (2 << 62) | number)


def scan(
    number: int, kind: str, code: str, organisation: str = RECEIVER, *, minute: float = 30, **fields: Any
) -> Row:
    """Make a scan row; `received` (minutes), `device`, `seq` and `id` are its own, the rest is body."""
    received = at(fields.pop("received", minute))
    uncertainty = fields.pop("uncertainty_ms", 0)
    body = (
        {"manifest": MANIFEST}
        | fields.pop("body", {})
        | {key: value for key, value in fields.items() if key not in {"device", "epoch", "seq", "id"}}
    )
    content = Content(
        id=fields.get("id", row_id(number)),
        stream=Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=at(minute),
        organisation=organisation,
        device=fields.get("device"),
        epoch=fields.get("epoch"),
        seq=fields.get("seq"),
        body={key: value for key, value in body.items() if value is not None},
    )
    return Row(
        content=content,
        received_at=received,
        corrected_at=at(minute),
        uncertainty_ms=uncertainty,
        content_hash=content_hash(content),
    )


def handover(*pieces: str, **changes: Any) -> Handover:
    """Make a sealed manifest of these pieces from the giver to the receiver."""
    lines = tuple(Line(piece=piece, n=n, destination=RECEIVER) for n, piece in enumerate(pieces, 1))
    return Handover(
        **{"code": MANIFEST, "giver": GIVER, "receiver": RECEIVER, "sealed_at": SEALED, "lines": lines}
        | changes
    )
