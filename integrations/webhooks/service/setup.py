"""What this process was configured with, and the sealing of secrets."""

from uuid import UUID

from postal.config import Settings
from postal.errors import Unavailable
from postal.files.cipher import seal, unseal
from postal.files.vault import vault_of

_held: list[Settings] = []


def configure(settings: Settings) -> None:
    """Keep the settings for work that no request begins."""
    _held[:] = [settings]


def held() -> Settings:
    """Give the settings of this process."""
    if not _held:
        raise Unavailable(
            "webhook.not_configured",
            vi="Tiến trình này chưa được cấu hình để gửi webhook",
            en="This process is not configured to send webhooks",
        )
    return _held[0]


def sealed(secret: UUID, plain: str) -> bytes:
    """Seal a secret, for its own row alone."""
    return seal(vault_of(held()).master, plain.encode(), b"webhook\x00" + secret.bytes)


def opened(secret: UUID, kept: bytes) -> str:
    """Open a sealed secret."""
    return unseal(vault_of(held()).master, kept, b"webhook\x00" + secret.bytes).decode()
