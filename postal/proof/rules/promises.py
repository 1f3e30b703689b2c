"""The promise that both parties take away from the counter: what was handed over, and by when the log will have it.

It is a signed note of at most 600 bytes, so that it fits a QR code of moderate size:

```
postal-promise:1
GN-261123-K7M2QX
BK-261123-H4DWPN nVq…
rows 1004 v3s…
counts 498/1/0/0/1/0/0/0
from BC-10000 NV-17 20261123T013005Z
to MC-00001 - 20261123T013214Z
at 20261123T013215Z by 20261123T013315Z
leaf u0Z…

— postal/promise 5q2…
```

The lines are: the number of the receipt; the manifest and its digest; how many ledger rows the handover has and their
digest; the pieces in each class, in the order of `CLASSES`; giver and receiver, each with who acted last and when by
their own clock; our clock and the promised instant; and the leaf that will be in the log by then.
"""

from datetime import UTC, datetime

from msgspec import Struct

from postal.proof.rules.notes import Sign, short, signed

HEAD = "postal-promise:1"
LONGEST = 600
CLASSES = (
    "matched",
    "missing",
    "awaiting_device",
    "extra",
    "damaged",
    "misrouted",
    "unverified",
    "contested",
)


class Side(Struct, frozen=True, kw_only=True):
    """One party of a handover: who acted for it last, and when, by its own clock."""

    organisation: str
    person: str | None
    at: datetime


class Promise(Struct, frozen=True, kw_only=True):
    """What is promised; `digest`, `rows_digest` and `leaf` are hashes of 32 bytes."""

    number: str
    manifest: str
    digest: bytes
    rows: int
    rows_digest: bytes
    counts: dict[str, int]
    giver: Side
    receiver: Side
    at: datetime
    by: datetime
    leaf: bytes


def promise_text(promise: Promise) -> str:
    """Write what is signed."""
    counts = "/".join(str(promise.counts.get(name, 0)) for name in CLASSES)
    return (
        f"{HEAD}\n{promise.number}\n{promise.manifest} {short(promise.digest)}\n"
        f"rows {promise.rows} {short(promise.rows_digest)}\ncounts {counts}\n"
        f"from {_side(promise.giver)}\nto {_side(promise.receiver)}\n"
        f"at {_basic(promise.at)} by {_basic(promise.by)}\nleaf {short(promise.leaf)}\n"
    )


def signed_promise(promise: Promise, name: str, public: bytes, sign: Sign) -> str:
    """Sign a promise; a longer one than fits the QR code is a programming error, as codes have a limited length."""
    note = signed(promise_text(promise), name, public, sign)
    if len(note.encode()) > LONGEST:
        msg = f"a promise of {len(note.encode())} bytes"
        raise ValueError(msg)
    return note


def _side(side: Side) -> str:
    return f"{side.organisation} {side.person or '-'} {_basic(side.at)}"


def _basic(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
