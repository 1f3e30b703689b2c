"""The sealing of secrets, under the key of this process."""

from uuid import UUID

from postal.config import held
from postal.files.cipher import seal, unseal
from postal.files.vault import vault_of


def sealed(secret: UUID, plain: str) -> bytes:
    """Seal a secret, for its own row alone."""
    return seal(vault_of(held()).master, plain.encode(), b"webhook\x00" + secret.bytes)


def opened(secret: UUID, kept: bytes) -> str:
    """Open a sealed secret."""
    return unseal(vault_of(held()).master, kept, b"webhook\x00" + secret.bytes).decode()
