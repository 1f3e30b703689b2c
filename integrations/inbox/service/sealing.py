"""The bytes of messages, sealed for their own row, and a keyed sign by which the same bytes are known again."""

import hashlib
from uuid import UUID

from postal.config import held
from postal.files.cipher import seal, tag_of, unseal
from postal.files.vault import vault_of


def sealed(message: UUID, raw: bytes) -> bytes:
    """Seal the bytes of a message."""
    return seal(vault_of(held()).master, raw, b"inbox\x00" + message.bytes)


def opened(message: UUID, kept: bytes) -> bytes:
    """Open the bytes of a message."""
    return unseal(vault_of(held()).master, kept, b"inbox\x00" + message.bytes)


def sign(kind: str, media: str, raw: bytes) -> bytes:
    """Give what stays of a message when its bytes are erased; without our key it tells nothing of them."""
    digest = hashlib.sha256()
    for part in (kind.encode(), media.encode(), raw):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return tag_of(vault_of(held()).master, "inbox:" + digest.hexdigest())
