"""The link on a slip: 128 bits that nobody guesses, made from a key outside the database, kept as a hash alone."""

import base64
import hashlib
import hmac
import re

BITS = 128
SALT = 16
_TOKEN = re.compile(r"[a-z2-7]{26}")


def link_token(key: bytes, salt: bytes, dossier: str) -> str:
    """Make the token of a slip: the same each time it is printed, and of no use to who reads only the database."""
    secret = hmac.digest(key, b"postal:track-link:1\x00" + salt + dossier.encode(), "sha256")[: BITS // 8]
    return base64.b32encode(secret).decode().rstrip("=").lower()


def typed_token(raw: str) -> str | None:
    """Read a token that was typed off paper: case, spaces and dashes are forgiven; None for what is none."""
    plain = re.sub(r"[\s\-]", "", raw[:100]).lower()
    return plain if _TOKEN.fullmatch(plain) else None


def token_hash(token: str) -> bytes:
    """Give what is kept of a token."""
    return hashlib.sha256(b"postal:track-link:1\x00" + token.encode()).digest()
