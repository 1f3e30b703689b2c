"""What this process was configured with: keys, and by which ways somebody can be told here."""

import hmac
from uuid import UUID

from integrations.notifications.rules import Channel
from postal.config import Settings, code_key
from postal.files.cipher import seal, unseal
from postal.files.vault import vault_of
from shipments.tracking.rules import link_token


def offered(settings: Settings) -> tuple[Channel, ...]:
    """List the ways by which somebody can be told here."""
    ways = {
        Channel.EMAIL: bool(settings.mail.host and settings.mail.sender and settings.web.public_url),
        Channel.WEBHOOK: True,
        Channel.SMS: bool(settings.notices.sms_gateway),
        Channel.ZALO: bool(settings.notices.zalo_gateway),
    }
    return tuple(channel for channel, there in ways.items() if there)


def own_key(settings: Settings) -> bytes:
    """Give the key of this noun, made from the one of codes."""
    return hmac.digest(code_key(settings), b"postal:notices:1", "sha256")


def token_of(settings: Settings, subscription: UUID) -> str:
    """Make the token by which a subscription is confirmed and ended; the same in each of its notices."""
    return link_token(own_key(settings), subscription.bytes, "notices")


def sealed(settings: Settings, subscription: UUID, plain: bytes) -> bytes:
    """Seal an address, for its own subscription alone."""
    return seal(vault_of(settings).master, plain, b"notice\x00" + subscription.bytes)


def opened(settings: Settings, subscription: UUID, kept: bytes) -> bytes:
    """Open a sealed address."""
    return unseal(vault_of(settings).master, kept, b"notice\x00" + subscription.bytes)
