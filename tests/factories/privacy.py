"""Records of requests of data subjects for tests."""

from datetime import datetime, timedelta
from typing import Any

from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored
from shipments.privacy.rules import RECEIVED

CODE = "DL-261123-ABCDEF"


def a_record(kind: str, at: datetime, /, **body: Any) -> Row:
    """Make a record of one request."""
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=CODE,
        occurred_at=at,
        now=at,
        actor_organisation="BC-1",
        body=body,
    )


def asked(at: datetime, kind: str = "erasure") -> Row:
    """Make the first record, with limits two and twenty days later."""
    return a_record(
        RECEIVED,
        at,
        kind=kind,
        dossier="D-1",
        reply_due=canonical_instant(at + timedelta(days=2)),
        due=canonical_instant(at + timedelta(days=20)),
    )
