"""Rows of the ledger."""

from datetime import UTC, datetime, timedelta
from itertools import count

from postal.identifiers import new_id
from postal.ledger.rules import Content, Row, Stream, content_hash

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_seconds = count()


def content(**changes) -> Content:
    occurred_at = changes.pop("occurred_at", NOW + timedelta(seconds=next(_seconds)))
    fields = {
        "id": new_id(occurred_at),
        "stream": Stream.SCAN,
        "kind": "receive",
        "code": "DH000000015VN",
        "occurred_at": occurred_at,
        "organisation": "BC-100000",
        "person": "NV-1",
        "device": "hy-0012",
        "epoch": "7f3a",
        "seq": 1,
        "body": {"place": "BC-100000"},
    }
    return Content(**(fields | changes))


def row(**changes) -> Row:
    made = content(**changes)
    return Row(
        content=made,
        received_at=made.occurred_at + timedelta(seconds=5),
        corrected_at=made.occurred_at,
        skew_ms=0,
        uncertainty_ms=500,
        content_hash=content_hash(made),
    )
