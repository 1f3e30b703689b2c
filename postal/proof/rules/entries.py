"""What a leaf of the log holds: all of a ledger row, its content and what was learned at its first receipt.

The bytes are canonical (RFC 8785 JSON, one line without its end), so a file of such lines is an export that can be
verified as it stands. Personal values are not in it: the row itself has commitments in their place.
"""

import msgspec

from postal.ledger.rules import HASH_VERSION, Row, canonical, canonical_instant


def entry(row: Row, *, disputed: bool = False) -> bytes:
    """Write a row as the log holds it; `disputed` for a content that is kept beside the first one of its id."""
    parts = [
        b'{"content":',
        canonical(row.content),
        b',"corrected_at":"',
        canonical_instant(row.corrected_at).encode(),
        b'",',
        b'"disputed":true,' if disputed else b"",
        b'"hash_version":%d,"received_at":"' % HASH_VERSION,
        canonical_instant(row.received_at).encode(),
        b'",',
        b"" if row.skew_ms is None else b'"skew_ms":%d,' % row.skew_ms,
        b'"uncertainty_ms":%d,"verdict":' % row.uncertainty_ms,
        msgspec.json.encode(row.verdict),
        b"}",
    ]
    return b"".join(parts)
