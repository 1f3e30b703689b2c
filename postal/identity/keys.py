"""Secrets that we hand out: API keys, session tokens, enrolment codes. Only their hashes are kept."""

import binascii
import hashlib
import secrets
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
# Crockford's alphabet: no I, L, O or U, so that a code can be read out and typed.
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")

MARK = "bccp_"
SECRET_LENGTH = 32
CHECKSUM_LENGTH = 6
PREFIX_LENGTH = len(MARK) + 8
ENROLMENT_LENGTH = 10


def make_key() -> str:
    """Make an API key: mark, 190 random bits, checksum."""
    body = MARK + "".join(secrets.choice(BASE62) for _ in range(SECRET_LENGTH))
    return body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Find a typo or another system's key without asking the database."""
    body, checksum = key[:-CHECKSUM_LENGTH], key[-CHECKSUM_LENGTH:]
    return (
        len(body) == len(MARK) + SECRET_LENGTH
        and body.startswith(MARK)
        and body.isascii()
        and _checksum(body) == checksum
    )


def prefix_of(key: str) -> str:
    """Give the public part of a key, by which people tell keys apart; 142 secret bits remain."""
    return key[:PREFIX_LENGTH]


def make_token() -> str:
    """Make a session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def make_enrolment_code() -> str:
    """Make a code of 50 random bits for a person to read out: XXXXX-XXXXX."""
    code = "".join(secrets.choice(BASE32) for _ in range(ENROLMENT_LENGTH))
    return f"{code[:5]}-{code[5:]}"


def read_enrolment_code(typed: str) -> str:
    """Undo what typing does to an enrolment code: case, spaces, dashes, letters that look like digits."""
    bare = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(MISREAD)
    return f"{bare[:5]}-{bare[5:]}"


def digest(secret: str) -> bytes:
    """Hash a secret for storage; it is random enough that a fast hash is safe."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    rest = binascii.crc32(body.encode())
    signs = []
    for _ in range(CHECKSUM_LENGTH):
        rest, sign = divmod(rest, len(BASE62))
        signs.append(BASE62[sign])
    return "".join(reversed(signs))
