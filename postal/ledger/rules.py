"""The envelope of the ledger, its canonical form (version 1) and its content hash.

One envelope, three streams. The *content* of a row is what its author said; the hash covers the content alone, so that
the same content sent twice has the same hash whatever was learned at receipt (receive time, skew, corrected time).
"""

import hashlib
import hmac
import unicodedata
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

import msgspec
import rfc8785

HASH_VERSION = 1


class Stream(IntEnum):
    """What kind of fact a row states."""

    SCAN = 1
    CASE = 2
    RECORD = 3


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What the author of a row said. All of it is hashed, none of it is personal data.

    `code` is the subject (a piece, a dossier or a manifest). `organisation` is the acting party, `person` the staff
    code of who acted. `body` holds the fields of the kind, JSON values only. `subjects` names further pieces that the
    row speaks of (the lines of a sealed manifest). Absent values are `None` and left out of the canonical form.
    """

    id: UUID
    stream: Stream
    kind: str
    code: str
    occurred_at: datetime
    organisation: str | None = None
    person: str | None = None
    device: str | None = None
    epoch: str | None = None
    seq: int | None = None
    body: dict[str, Any] = msgspec.field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    source: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the ledger: content, and what was learned at its first receipt.

    `corrected_at` is `occurred_at` minus the device's skew, never after `received_at`; `uncertainty_ms` bounds its
    error either way. Both equal the raw time and zero where no device was involved.
    """

    content: Content
    received_at: datetime
    corrected_at: datetime
    skew_ms: int | None = None
    uncertainty_ms: int = 0
    verdict: str = "accepted"
    content_hash: bytes = b""


_SAFE = 2**53 - 1
_FIRST_PADDED_YEAR = 1000

_SORTED = msgspec.json.Encoder(order="sorted")


def canonical_instant(value: datetime) -> str:
    """Format an instant as UTC with six decimals, so that equal instants are equal text."""
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    if utc.year < _FIRST_PADDED_YEAR:
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def _canonical_value(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, datetime):
        return canonical_instant(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {
            unicodedata.normalize("NFC", key): _canonical_value(item)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, (list, tuple)):
        return [_canonical_value(item) for item in value]
    return value


def _is_plain(value: Any) -> bool:
    """Tell whether sorted JSON of a value is RFC 8785 as it stands: no fractions, and keys that sort alike."""
    if isinstance(value, str):
        return True
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return isinstance(value, int) and -_SAFE <= value <= _SAFE


class _Canonical(msgspec.Struct, omit_defaults=True):
    """The fields of content in the order of their names, absent ones left out."""

    body: dict[str, Any] | None = None
    code: str | None = None
    device: str | None = None
    epoch: str | None = None
    id: UUID | None = None
    kind: str | None = None
    occurred_at: str | None = None
    organisation: str | None = None
    person: str | None = None
    seq: int | None = None
    source: str | None = None
    stream: int | None = None
    subjects: list[str] | None = None


def canonical(content: Content) -> bytes:
    """Serialise content to canonical form v1: RFC 8785 JSON of NFC text, UTC instants, absent fields left out."""
    fields = _Canonical(
        _canonical_value(content.body) if content.body else None,
        _canonical_value(content.code),
        _canonical_value(content.device),
        _canonical_value(content.epoch),
        content.id,
        _canonical_value(content.kind),
        canonical_instant(content.occurred_at),
        _canonical_value(content.organisation),
        _canonical_value(content.person),
        content.seq,
        _canonical_value(content.source),
        int(content.stream),
        _canonical_value(content.subjects) if content.subjects else None,
    )
    # Most rows have neither fractions nor foreign keys; the general way takes ten times as long.
    if fields.body is None or _is_plain(fields.body):
        return _SORTED.encode(fields)
    return rfc8785.dumps(msgspec.to_builtins(fields))


def content_hash(content: Content) -> bytes:
    """Hash content (32 bytes, SHA-256), separated by domain and version."""
    return hashlib.sha256(b"postal:row:1\x00" + canonical(content)).digest()


def commitment(salt: bytes, value: str) -> str:
    """Commit to a personal value without holding it: hex of H(salt‖value), value in NFC (design 2.14)."""
    return hmac.new(salt, unicodedata.normalize("NFC", value).encode(), hashlib.sha256).hexdigest()
