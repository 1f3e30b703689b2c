"""Signed notes: a text of some lines, an empty line, and signatures by named Ed25519 keys (C2SP signed-note).

The notes of this house are the checkpoints of the log; its promises are signed alike.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from postal.ledger.rules import canonical_instant

ED25519 = b"\x01"
KEY_ID_SIZE = 4

Sign = Callable[[bytes], bytes]


class Checkpoint(Struct, frozen=True, kw_only=True):
    """The state of the log at an instant.

    After a restore from a backup the log goes on under the name of a new era; `eras` tells how many leaves there were
    as each began: up to there it is the same log. An older checkpoint that is larger than that speaks of rows which
    the restore lost, and whoever keeps it sees so.
    """

    log: str
    era: int
    size: int
    root: bytes
    eras: dict[int, int]
    at: datetime


def key_id(name: str, public: bytes) -> bytes:
    """Give the four bytes by which a signature says whose it is."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_SIZE]


def verifier_key(name: str, public: bytes) -> str:
    """Write a public key as other programs for signed notes read it."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def signed(text: str, name: str, public: bytes, sign: Sign) -> str:
    """Sign a text that ends with a line feed."""
    signature = base64.b64encode(key_id(name, public) + sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Write what is signed: name and era of the log, size, root, and when that was (C2SP tlog-checkpoint)."""
    eras = " ".join(f"{era}:{begun}" for era, begun in sorted(checkpoint.eras.items()))
    return (
        f"{checkpoint.log}/{checkpoint.era}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"
        f"time {canonical_instant(checkpoint.at)}\neras {eras}\n"
    )


def short(value: bytes) -> str:
    """Write a hash for paper: base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unshort(text: str) -> bytes | None:
    """Read a hash of 32 bytes as `short` writes it; None for anything else."""
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == hashlib.sha256().digest_size and short(value) == text else None
