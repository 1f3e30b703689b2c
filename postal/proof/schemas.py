"""What is answered about the log."""

import base64
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from postal.instants import Instant
from postal.proof.repository import PublicKey
from postal.proof.rules.notes import verifier_key


class KeyView(Struct, frozen=True, kw_only=True):
    """A public key: `log` signs checkpoints, `promise` receipts and papers. `verifier_key` is for other programs."""

    name: str
    role: Literal["log", "promise"]
    public_key: str
    verifier_key: str
    valid_from: Instant
    valid_to: Instant | None


class KeyList(Struct, frozen=True, kw_only=True):
    """All keys that were ever in use; keep them beside your receipts."""

    keys: list[KeyView]


class Path(Struct, frozen=True, kw_only=True):
    """A proof: the hashes on the way (base64), lowest first."""

    path: list[str]


class Leaves(Struct, frozen=True, kw_only=True):
    """Hashes of leaves (hex) from a number on; keep them, and a changed row can be named."""

    first: int
    leaves: list[str]


def key_list(keys: Sequence[PublicKey]) -> KeyList:
    """Show the public keys."""
    return KeyList(
        keys=[
            KeyView(
                name=each.name,
                role="log" if each.role == "log" else "promise",
                public_key=base64.b64encode(each.public_key).decode(),
                verifier_key=verifier_key(each.name, each.public_key),
                valid_from=each.valid_from,
                valid_to=each.valid_to,
            )
            for each in keys
        ]
    )


def path(hashes: Sequence[bytes]) -> Path:
    """Show a proof."""
    return Path(path=[base64.b64encode(each).decode() for each in hashes])
