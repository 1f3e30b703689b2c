"""Files, the keys of their subjects, and uploads in parts, as rules know them; and what the ledger says of a file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.files.rules.kinds import About, FileKind
from postal.ledger.rules import commitment

ATTACHED = "file.attached"
ERASED = "file.erased"


class NewFile(Struct, frozen=True, kw_only=True):
    """What somebody wants to attach to what; `size` as stated before it is sent, if it was."""

    about: About
    code: str
    kind: FileKind
    size: int | None = None


class NewUpload(Struct, frozen=True, kw_only=True):
    """What will come in parts."""

    about: About
    code: str
    kind: FileKind
    size: int
    sha256: str


class Key(Struct, frozen=True, kw_only=True):
    """The key of everything that is attached to one subject; without `wrapped` it was dropped, and all that with it.

    `row_code` is the code under which the ledger keeps what happens to the subject. `wrapped` is the key under the
    master key, of which `master` is a short sign.
    """

    id: UUID
    about: About
    subject: str
    row_code: str
    dossiers: tuple[str, ...]
    wrapped: bytes | None
    master: str
    erased_at: datetime | None


class Secret(Struct, frozen=True):
    """What opens the commitment of a file; kept sealed under the key of its subject."""

    salt: bytes
    digest: str


class Attached(Struct, frozen=True, kw_only=True):
    """A file as kept: what is known of it without its key. `address` is the hash of what lies on the disk."""

    id: UUID
    key: Key
    kind: FileKind
    media: str
    size: int
    commitment: str
    address: str
    stored: int
    secret: bytes
    organisation: str
    person: str | None
    created_at: datetime


class Upload(Struct, frozen=True, kw_only=True):
    """A file that comes in parts; `received` bytes are kept so far, `declared` is its sealed digest."""

    id: UUID
    key: Key
    kind: FileKind
    size: int
    declared: bytes
    organisation: str
    person: str | None
    created_at: datetime
    expires_at: datetime
    received: int
    file: UUID | None


def digest_commitment(secret: Secret) -> str:
    """Commit to the bytes of a file: who has them and the salt can show that the ledger speaks of them."""
    return commitment(secret.salt, secret.digest)


def attached_body(file: Attached) -> dict[str, Any]:
    """Write what the ledger says of a file: nothing in it tells what the file shows."""
    said = {
        "file": str(file.id),
        "file_kind": file.kind.value,
        "commitment": file.commitment,
        "size": file.size,
    }
    return {**said, **_named(file.key)}


def erased_body(key: Key, reason: str) -> dict[str, Any]:
    """Write what the ledger says of an erasure."""
    return {"reason": reason, **_named(key)}


def _named(key: Key) -> dict[str, Any]:
    """Name a subject, beside the code of the row."""
    named = {"about": key.about.value}
    return named if key.subject == key.row_code else {**named, "subject": key.subject}
