"""Private keys: each is read by the process that signs with it, from its own file of the data folder or its setting.

There are two, so that neither process holds what it does not need: the worker signs checkpoints of the log, the web
process signs promises at the counter. A backup has neither: a system that is restored elsewhere makes new ones, whose
public halves are listed beside the old ones.
"""

import base64
import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from postal.config import Settings
from postal.proof.rules.notes import key_id, signed

Role = Literal["log", "promise"]

FILES: dict[Role, str] = {"log": "log_key", "promise": "promise_key"}
MEMORY = "log_signed"
SEED_SIZE = 32


class Signer(Struct, frozen=True):
    """Who signs; `sign` takes any bytes. What is signed must begin with words that say what it is."""

    role: Role
    name: str
    public: bytes
    sign: Callable[[bytes], bytes]

    @property
    def key_id(self) -> bytes:
        """Give the bytes that name the key in a signature."""
        return key_id(self.name, self.public)

    def note(self, text: str) -> str:
        """Sign a text of whole lines as a note."""
        return signed(text, self.name, self.public, self.sign)


def signer(settings: Settings, role: Role) -> Signer:
    """Load the private key of a role, making it once as a private file of the data folder."""
    given = settings.proof.log_key if role == "log" else settings.proof.promise_key
    seed = bytes.fromhex(given if given is not None else _kept(settings.folder / FILES[role]))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(
        role=role,
        name=f"{settings.proof.name}/{role}",
        public=key.public_key().public_bytes_raw(),
        sign=key.sign,
    )


def log_signer(settings: Settings) -> Signer:
    """Give the signer of checkpoints: for the worker alone."""
    return signer(settings, "log")


def promise_signer(settings: Settings) -> Signer:
    """Give the signer of promises and papers at the counter: for web processes alone."""
    return signer(settings, "promise")


def rotate(settings: Settings, role: Role) -> None:
    """Put a fresh key in the place of the old one, which is gone for good; whoever signs next uses it."""
    _write(settings.folder / FILES[role], secrets.token_bytes(SEED_SIZE).hex())


class Memory:
    """The last checkpoint that was signed here, kept outside the database, so that one set back is noticed."""

    def __init__(self, settings: Settings) -> None:
        """Remember in the data folder."""
        self._path = settings.folder / MEMORY

    def last(self, origin: str) -> tuple[int, bytes] | None:
        """Give size and root of what was signed last under this name; another era is another name."""
        try:
            lines = self._path.read_text(encoding="utf-8").split("\n")
            return (int(lines[1]), base64.b64decode(lines[2])) if lines[0] == origin else None
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def remember(self, note: str) -> None:
        """Keep a note before anybody sees it."""
        _write(self._path, note)


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = _private(path, secrets.token_bytes(SEED_SIZE).hex())
        # A link is made whole or not at all, so two processes at their first start agree on one key.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text(encoding="utf-8").strip()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _private(path, text).replace(path)


def _private(beside: Path, text: str) -> Path:
    path = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    return path
