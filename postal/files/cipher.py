"""Sealing files: AES-256-GCM in chunks whose order and end are bound, under a key for each subject.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): a key for each file, derived from the subject's
key, a random salt and what the file is; and a nonce of a prefix, the number of the chunk, and whether it is the last.
So a chunk that was changed, swapped, left out, appended or taken from another file does not open.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
TAG = 16
MAGIC = b"PFS1"
SALT = 32
HEADER = len(MAGIC) + SALT
KEY = 32
_NONCE = 12
_PREFIX = 7
_LAST = b"\x01"
_MORE = b"\x00"


class DamagedError(Exception):
    """What lies there is not what was sealed, or was sealed with another key or for something else."""


class Sealer:
    """Seals bytes as they come; begin with `header`, end with `finish`."""

    def __init__(self, key: bytes, context: bytes, salt: bytes | None = None) -> None:
        salt = salt or os.urandom(SALT)
        self.header = MAGIC + salt
        self._chunks = _Chunks(key, context, salt)
        self._waiting = bytearray()

    def add(self, data: bytes) -> bytes:
        """Give what is sealed by now; a chunk waits until it is known whether it is the last."""
        self._waiting += data
        sealed = []
        while len(self._waiting) > CHUNK:
            sealed.append(self._chunks.seal(bytes(self._waiting[:CHUNK]), _MORE))
            del self._waiting[:CHUNK]
        return b"".join(sealed)

    def finish(self) -> bytes:
        """Seal the last chunk."""
        return self._chunks.seal(bytes(self._waiting), _LAST)


class Opener:
    """Opens sealed bytes as they come; nothing is complete before `finish` has returned."""

    def __init__(self, key: bytes, context: bytes) -> None:
        self._key = key
        self._context = context
        self._chunks: _Chunks | None = None
        self._waiting = bytearray()

    def add(self, data: bytes) -> bytes:
        """Give what is open by now; raises DamagedError."""
        self._waiting += data
        if self._chunks is None:
            if len(self._waiting) < HEADER:
                return b""
            header = bytes(self._waiting[:HEADER])
            del self._waiting[:HEADER]
            if not header.startswith(MAGIC):
                raise DamagedError
            self._chunks = _Chunks(self._key, self._context, header[len(MAGIC) :])
        opened = []
        while len(self._waiting) > CHUNK + TAG:
            opened.append(self._chunks.open(bytes(self._waiting[: CHUNK + TAG]), _MORE))
            del self._waiting[: CHUNK + TAG]
        return b"".join(opened)

    def finish(self) -> bytes:
        """Open the last chunk, which says of itself that it is the last; raises DamagedError."""
        if self._chunks is None:
            raise DamagedError
        return self._chunks.open(bytes(self._waiting), _LAST)


class _Chunks:
    """The chunks of one file, numbered."""

    def __init__(self, key: bytes, context: bytes, salt: bytes) -> None:
        derived = HKDF(SHA256(), KEY + _PREFIX, salt, b"postal file stream 1\0" + context).derive(key)
        self._cipher = AESGCM(derived[:KEY])
        self._prefix = derived[KEY:]
        self._number = 0

    def seal(self, plain: bytes, last: bytes) -> bytes:
        return self._cipher.encrypt(self._next(last), plain, None)

    def open(self, sealed: bytes, last: bytes) -> bytes:
        try:
            return self._cipher.decrypt(self._next(last), sealed, None)
        except InvalidTag as error:
            raise DamagedError from error

    def _next(self, last: bytes) -> bytes:
        number, self._number = self._number, self._number + 1
        return self._prefix + number.to_bytes(4, "big") + last


def sealed_size(size: int) -> int:
    """Give how many bytes a file of `size` has when sealed."""
    return HEADER + size + TAG * max(1, -(-size // CHUNK))


def new_key() -> bytes:
    """Make a key."""
    return os.urandom(KEY)


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Seal something small; `context` says what it is, and must be said again to open it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_derived(key, b"small")).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Open something small; raises DamagedError."""
    try:
        return AESGCM(_derived(key, b"small")).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)
    except (InvalidTag, ValueError) as error:
        raise DamagedError from error


def tag_of(key: bytes, digest: str) -> bytes:
    """Give a sign by which the same bytes are found again under the same key, and by nobody without it."""
    return hmac.digest(_derived(key, b"tag"), digest.encode(), "sha256")


def sign_of(key: bytes) -> str:
    """Give a short sign of a key, which does not lead back to it."""
    return _derived(key, b"sign").hex()[:32]


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), KEY, None, b"postal file 1\0" + use).derive(key)
